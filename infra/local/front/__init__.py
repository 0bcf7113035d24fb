"""The front of the local cloud: one address for people, over the tables that functions use."""
