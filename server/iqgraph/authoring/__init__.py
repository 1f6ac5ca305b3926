"""Tools for authors of a document's statements: passages made from its text, suggestions, and what is left to do."""
