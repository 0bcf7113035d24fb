"""Typed tool contracts: what a plan may ask for, and how it is done, found, read back and undone.

Pure but for the port that each function is handed; imports `parsing` and `domain`.
"""
