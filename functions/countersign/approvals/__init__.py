"""Asking people: requests, links, decisions, edits, questions, codes and the mails about them.

Works through `deps` alone, and may import `jobs`, `web` and what is below; never the portal.
"""
