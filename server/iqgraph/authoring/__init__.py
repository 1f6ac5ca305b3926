"""What helps to write the statements of a document: from its text to passages, suggestions, and what is left to do."""
