"""The checks of the data: shapes, evidence, seals, files, and the text of a document."""
