"""How much and how often: caps on sums, slots of a connector, the circuit breaker.

Imports `ledger` and what is below it in the domain.
"""
