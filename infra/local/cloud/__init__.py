"""The emulated cloud: its processes, its deployment, and where it is made to behave like AWS."""
