"""What the demo systems share: a database with a journal, faults on demand, endpoints, a page.

Each system (`crm/`, `payments/`, `slack.py`) says only what is its own: whom it admits, what it
does, and its refusals in the words of the system that it plays. It imports nothing of them.
"""
