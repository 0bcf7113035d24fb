"""The adapters of outside systems, by system: the only rooms that import an SDK or open a socket.

Each fulfils a port of `domain` or `actions` and turns the system's errors into ours.
"""
