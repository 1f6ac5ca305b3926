"""The ontology, the shapes, the questions and the quality of the data in words for people."""
