"""What is judged and by what: facts, records, rules and findings, policy lines, releases, limits.

The lowest concept: imports values, contracts and money only.
"""
