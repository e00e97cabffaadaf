"""Writing to the practice: messages with files, new contact details, and what the record keeps of them."""
