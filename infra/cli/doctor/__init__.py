"""`countersign doctor`: what would go wrong in this account, a line each, with the way to mend it.

Looks and changes nothing; the one call that costs is a short question to the model.
"""
