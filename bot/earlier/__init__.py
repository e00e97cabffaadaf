"""Patients who want to be told when an earlier time becomes free, and how it is offered to them in turn."""
