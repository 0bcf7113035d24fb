"""What the stored jobs say as numbers, and which of them a person looks at afterwards.

The domain's top beside `planning` and `ports`: imports `jobs` and what is below.
"""
