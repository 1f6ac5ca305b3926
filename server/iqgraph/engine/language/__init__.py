"""Reading the text of a query."""
