"""`countersign rulebook`: a rulebook checked, compared, shown, and a file judged by it."""
