"""A knowledge graph whose every statement leads to the passage that carries it, and its server."""

from importlib.metadata import version

__version__ = version("iqgraph")
