"""What stands in for the model: a lead read by key words and patterns, without a network."""
