"""Staff: who may do what, their accounts, and their sessions in the console."""
