"""The practice's clinical system behind one protocol."""
