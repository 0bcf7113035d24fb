"""The inside of Act: a visit's turn, the claim before each effect, executing, verifying, undoing.

Only its handler is for others.
"""
