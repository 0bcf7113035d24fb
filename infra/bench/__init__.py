"""`make bench`: what a job costs and how long it takes, measured, each figure with its method."""
