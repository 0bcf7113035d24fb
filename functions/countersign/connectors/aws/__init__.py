"""AWS, tables apart: clients, secrets, sessions of one job, buckets, queue, state machine, mail.

Imports boto3, pycurl and `domain`; asks for no setting, which `runtime` hands in.
"""
