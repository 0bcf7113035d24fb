"""Plans: goals, dated milestones with owners, risks and a budget, as one value that people sign.

What a plan is and what keeps it from being one (`plan`), how each list is written line by line
(`lines`), the forms in which it is delivered (`forms`, `ics`), and the action (`delivery`). Pure;
imports `domain` and the actions beside it.
"""
