"""Processes that answer queries, each of which can be killed without harm to the others."""
