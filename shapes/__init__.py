"""The checks: a SHACL file for each class, and rules in SPARQL for what SHACL cannot say."""
