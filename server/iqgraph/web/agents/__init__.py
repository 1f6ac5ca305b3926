"""What agents of language models use: the Model Context Protocol, with tools and resources."""
