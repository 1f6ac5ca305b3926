"""The statements: a folder for each document, one named graph for each passage, and the other sources."""
