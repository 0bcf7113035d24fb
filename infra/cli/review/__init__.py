"""`countersign review`: what ran by itself is looked at, a sample of it with errors seeded in."""
