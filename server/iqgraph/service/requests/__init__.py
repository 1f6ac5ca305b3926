"""The way of a request to its answer, and its logs."""
