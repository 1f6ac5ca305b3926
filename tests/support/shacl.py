"""The shapes as rdflib reads them, for comparison with ours."""

from rdflib import Graph

from iqgraph.resources import packaged, rdf_files


def shapes_graph() -> Graph:
    """All shapes of the project as one graph."""
    graph = Graph(bind_namespaces="none")
    for file in rdf_files(packaged().shapes, "shapes"):
        graph.parse(data=file.text(), format="turtle")
    return graph
