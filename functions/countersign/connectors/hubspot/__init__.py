"""The CRM. Imports httpx, `actions` for their ports, and `domain`."""
