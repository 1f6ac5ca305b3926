"""Queries on the web: the endpoint, its protocol, and help with writing queries."""
