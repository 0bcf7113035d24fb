"""Bundles, layers, locks and synthesis: what stands between the code and a deployment."""
