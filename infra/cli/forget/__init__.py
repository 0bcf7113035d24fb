"""Forgetting a contact: the order from a terminal, and what it cannot reach."""
