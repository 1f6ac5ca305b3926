"""Processes that answer queries; each of them can be killed without harm to the others."""
