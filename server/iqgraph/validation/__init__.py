"""What is checked before the data is released: shapes, evidence, seals, the document itself."""
