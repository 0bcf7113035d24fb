"""What a function stands on: settings, adapters, the step around each state, retry and breakers,
the pace of keys, who is woken for them.

The only reader of the environment (`environment`) and the only importer of workflows, by name.
"""
