"""AWS, tables apart: clients, secrets, sessions of one job, buckets, queue, state machine, mail.

Imports boto3, urllib3 and `domain`; asks for no setting, which `runtime` hands in.
"""
