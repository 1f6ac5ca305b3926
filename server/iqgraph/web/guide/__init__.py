"""How to use it, told to people and to programs."""
