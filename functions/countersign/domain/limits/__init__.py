"""How much and how often: caps on sums, the pace of a key, the circuit breaker.

Imports `ledger` and what is below it in the domain.
"""
