"""`countersign new`: a schema becomes facts, facts become a workflow's folder.

`facts` and `folder` touch neither the disk nor the register: `command` does.
"""
