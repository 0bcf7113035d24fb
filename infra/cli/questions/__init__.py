"""An operator's four questions as commands: what fails, what led to this, what is stuck and why,
what people override. Counted from the steps' own lines and the ledgers; nothing is counted twice.
"""
