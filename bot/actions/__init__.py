"""Rasa custom actions, one file a journey: read slots, call a service, say the outcome."""
