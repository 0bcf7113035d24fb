"""What the stored jobs say as numbers, and which of them a person looks at afterwards.

Beside `planning` and `ports`, below `releases`: imports `jobs` and what is below.
"""
