"""The documents that the site shows."""
