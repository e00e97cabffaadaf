"""What the assistant does. Nothing here knows how a message arrives or leaves: that is `connectors`."""
