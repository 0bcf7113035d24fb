"""Models of Amazon Bedrock by its Converse operation, asked with the function's own role: no key.
The request is signed by us and sent over the bounded transport that every model's answer comes
through. Imports `connectors.aws` for the signature, `parsing` and `domain`."""
