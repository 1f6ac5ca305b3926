"""Pages and documents of things, and the addresses that lead to them."""
