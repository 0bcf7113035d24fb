"""From verdicts to what comes next: plans, edits, plans anew, resuming, undoing, reservations.

Beside `reporting` and `ports`, below `releases`: imports all that is below.
"""
