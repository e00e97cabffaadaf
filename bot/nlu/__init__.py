"""Understanding what people write."""
