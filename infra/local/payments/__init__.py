"""The demo payments account: Stripe's API over a table, with a page to look at it."""
