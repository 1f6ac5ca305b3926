"""The running service: its processes, its requests, and the checks of its data."""
