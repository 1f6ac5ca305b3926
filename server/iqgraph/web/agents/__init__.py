"""The Model Context Protocol for agents of language models: tools and resources."""
