"""What the practice learns from its conversations: figures without persons, and examples without names."""
