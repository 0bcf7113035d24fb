"""When something is approved: requests, who may sign, links, codes, sessions, questions.

Imports `workflow` and what is below it in the domain.
"""
