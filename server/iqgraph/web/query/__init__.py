"""Queries on the web: the endpoint, its protocols, and what helps to write one."""
