"""The bulk lane: the items of one file, what becomes of each, and who works on which.

Pure. Imports contracts and errors; knows no job, no table and no file.
"""
