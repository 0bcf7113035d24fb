"""What all pages share: requests and responses, forms, cookies, codes, words, notices, templates.

Imports `runtime` and what is below; decides nothing.
"""
