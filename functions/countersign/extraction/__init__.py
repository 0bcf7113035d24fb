"""From text to grounded facts: messages, what a model sees of them, quotes, kinds, rules of text.

Pure. Imports `actions`, `parsing` and `domain`; workflows are built on it.
"""
