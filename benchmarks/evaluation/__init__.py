"""How well the assistant understands, measured on corpora and on messages of our own."""
