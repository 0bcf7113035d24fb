"""What a stage's data is and how a release is made of it: stage files, the company, prices.

Pure but for reading what ships with the code. Imports `actions` and `domain`.
"""
