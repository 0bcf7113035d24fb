"""Readers beside the model: what a text says that makes a rule stricter, each with its quote.

Pure. They know text only; rules hear them by kind, whatever a model says.
"""
