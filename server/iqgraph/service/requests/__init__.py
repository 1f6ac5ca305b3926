"""A request on its way to an answer, and what is noted of it."""
