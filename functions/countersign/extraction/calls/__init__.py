"""Calls as inputs: their lines in segments, what stands in them, what was held out, and the record
that is made of it. Pure: imports what `extraction` may, and knows no workflow."""
