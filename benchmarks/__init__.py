"""How fast a turn is: ours beside stock Rasa on the same data."""
