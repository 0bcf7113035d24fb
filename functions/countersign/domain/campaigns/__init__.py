"""Campaigns: whom a list names, what each is sent, what became of each message, and the limits.

Pure. Imports contracts, the lane, jobs' keys and errors; knows no table and no provider.
"""
