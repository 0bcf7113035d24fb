"""The engine: it takes a job from an accepted event to one recorded, signed and undoable outcome.

It imports no workflow (`engine_imports_a_workflow`); who may know whom inside it is a contract.
"""
