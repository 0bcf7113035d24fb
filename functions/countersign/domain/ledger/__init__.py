"""Actions as contracts, and the ledger: an entry per planned action, bound to its exact bytes.

Imports `policy` and what is below it in the domain.
"""
