"""The jobs table: jobs with all that is stored under them, caps, slots, codes, reviews.

Each write is one conditional transaction. Imports botocore's errors and `domain`.
"""
