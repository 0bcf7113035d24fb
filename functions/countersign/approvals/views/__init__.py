"""What an approver is shown, as values made of the stored record; the templates only place them.

Pure: reads no store and no clock. Imports `domain` and the words of `web`.
"""
