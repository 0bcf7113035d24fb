"""Releases: which one a job runs under, and whether a new one is as good as the one before it.

Imports `policy` and what is below.
"""
