"""Releases: how a workflow comes from shadow to live, and whether a new one is as good as the one
before it.

The domain's top: imports all that is below.
"""
