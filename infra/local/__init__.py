"""This machine as the cloud: `make run` and what it is made of."""
