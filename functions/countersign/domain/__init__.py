"""What is true: values and functions of values, one sub-package per concept, read from the bottom.

Imports the standard library and pydantic. Touches nothing: no clock, no chance, no log.
"""
