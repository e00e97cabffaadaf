"""A period in which staff own a conversation: who has it, what is said in it, and when it is looked at again."""
