"""Payments. Imports Stripe's SDK, `actions` for their ports, and `domain`."""
