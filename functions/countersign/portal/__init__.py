"""The pages of who is signed in: inbox, several requests at once, one request, cases, jobs.

A decision is recorded by `approvals`, a case ended by `jobs`: the portal only asks them.
"""
