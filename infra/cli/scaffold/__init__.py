"""What `countersign new` writes: a schema becomes facts, facts become a workflow's folder.

Nothing here touches the disk or the register: `infra/cli/new.py` does.
"""
