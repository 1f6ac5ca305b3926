"""The reference: the terms of the ontology with their uses, and the quality of the data."""
