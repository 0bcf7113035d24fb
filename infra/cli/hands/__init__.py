"""An operator's hands: stopping and resuming, cancelling, sending again, watching, and the bill.
What acts on jobs goes through `countersign.jobs` and leaves who did it, and why, in their records.
"""
