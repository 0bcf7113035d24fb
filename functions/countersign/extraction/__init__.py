"""From text to grounded facts: messages, prompts, answers, quotes, kinds, amounts, languages.

Pure. Imports `actions`, `parsing` and `domain`; workflows are built on it.
"""
