"""`countersign secrets`: the secrets of a stage, what each looks like, and where AWS keeps them."""
