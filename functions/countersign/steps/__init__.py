"""One file per state of the machine: load, work, one conditional write, what comes next.

Works through `deps` alone; imports `approvals`, `jobs` and what is below, no entrypoint.
"""
