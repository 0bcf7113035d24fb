"""The bulk lane: a job's file becomes batches, a second machine works on them, the job goes on.

May import jobs and all below; each function of the second machine has its file here.
"""
