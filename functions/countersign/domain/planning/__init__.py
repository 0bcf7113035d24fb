"""From verdicts to what comes next: plans, edits, plans anew, resuming, undoing, reservations.

The domain's top beside `reporting` and `ports`: imports all that is below.
"""
