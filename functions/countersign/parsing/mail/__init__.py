"""A mail as it came, read safely: headers, parts, body, quotes, who vouches for the sender.

Pure. Imports the rest of `parsing`, and `domain`.
"""
