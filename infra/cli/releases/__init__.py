"""Changing what a workflow runs under: what a change will take, and what it did."""
