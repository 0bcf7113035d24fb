"""Stored jobs as a file, and judged again by this code."""
