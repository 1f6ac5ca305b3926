"""What catalogues and citations say of the dataset."""
