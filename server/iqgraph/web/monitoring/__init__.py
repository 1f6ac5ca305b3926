"""How the running site is, for those who watch it."""
