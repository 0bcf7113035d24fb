"""A rulebook: what people wrote down about how a thing is labelled, as data that judges labels.

Pure. Imports `parsing` and `domain`; a YAML text comes in, findings, scores and a report go out.
"""
