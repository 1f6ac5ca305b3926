"""A thing on the web: the way to it, its documents, and its page."""
