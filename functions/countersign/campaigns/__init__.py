"""Campaigns: what a child does with a batch of messages, and what people see of them.

May import the lane, jobs and all below. Reaches tables and the provider through `deps` alone.
"""
