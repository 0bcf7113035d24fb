"""What stands in for the model: a request for money back, read by plain patterns."""
