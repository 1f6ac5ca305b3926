"""What pages tell of a dataset, read from its own store; no page asks the engine that answers the public."""
