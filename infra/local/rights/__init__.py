"""Which AWS calls each role makes on the local cloud, as the rights that they need."""
