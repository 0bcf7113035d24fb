"""Asking a model: which size, in what rounds, by which schema; what counts as an answer.

Pure: the call itself is a connector's. Imports `extraction`, `parsing` and `domain`.
"""
