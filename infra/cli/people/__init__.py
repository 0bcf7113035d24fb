"""`countersign people`: who may sign, who is away, and the links that reach them."""
