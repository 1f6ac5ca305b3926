"""The vocabulary: terms, concepts, alignments, derivation rules and competency questions."""
