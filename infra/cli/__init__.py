"""The `countersign` command: one file per command, and what commands share."""
