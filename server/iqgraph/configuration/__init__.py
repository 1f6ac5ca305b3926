"""The configuration of the service: one table of settings, read from flags, environment and a file."""
