"""Ordering repeat medicines: the rules, the service, and the news of what came of it."""
