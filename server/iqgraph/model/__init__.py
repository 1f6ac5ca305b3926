"""What pages show of a dataset, read from its own store; none of it asks the engine that answers public queries."""
