"""The running service: the server, what it answers at once, and how it starts and stops."""
