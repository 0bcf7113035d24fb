"""A job, each change of it as one value, and the chain of entries that proves what happened.

Imports `approvals` and what is below it in the domain.
"""
