"""Records of the dataset for catalogues, search engines and citations."""
