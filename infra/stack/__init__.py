"""Constructs: what stands in the account, a construct each."""
