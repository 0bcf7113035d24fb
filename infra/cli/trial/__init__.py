"""`countersign try`: the whole judgement of one input, as the steps would make it, on a job that is
never stored."""
