"""Bytes from outside into text that can be trusted to be text: JSON, HTML, masking, sniffing.

Pure, and hostile input ends in an error of ours. Imports `domain`.
"""
