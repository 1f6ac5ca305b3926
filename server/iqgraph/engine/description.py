"""The service description: what the endpoint can do, generated from what is running."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import UNION, Dataset, GraphName
from ..formats import FORMATS
from ..terms import RDF, VOID, Namespace

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMAT = Namespace("http://www.w3.org/ns/formats/")


def service_description(dataset: Dataset, endpoint: str) -> list[Triple]:
    """The triples that describe the endpoint at this address; none of them promises what is refused."""
    return [*_service(dataset, endpoint), *_dataset(dataset, endpoint)]


def _service(dataset: Dataset, endpoint: str) -> Iterator[Triple]:
    service = NamedNode(f"{endpoint}#service")
    yield Triple(service, RDF.type, SD.Service)
    yield Triple(service, SD.endpoint, NamedNode(endpoint))
    yield Triple(service, SD.supportedLanguage, SD.SPARQL11Query)
    yield Triple(service, SD.defaultDataset, NamedNode(f"{endpoint}#dataset"))
    for form in FORMATS:
        yield Triple(service, SD.resultFormat, FORMAT[form.oxigraph.iri.rpartition("/")[2]])
    if dataset.sources and not dataset.homeless:
        yield Triple(service, SD.feature, SD.UnionDefaultGraph)


def _dataset(dataset: Dataset, endpoint: str) -> Iterator[Triple]:
    node = NamedNode(f"{endpoint}#dataset")
    yield Triple(node, RDF.type, SD.Dataset)
    yield Triple(node, SD.defaultGraph, NamedNode(f"{endpoint}#default-graph"))
    yield from _graph(dataset, NamedNode(f"{endpoint}#default-graph"), UNION)
    for number, graph in enumerate(dataset.graphs(), start=1):
        named = NamedNode(f"{endpoint}#graph{number}")
        yield Triple(node, SD.namedGraph, named)
        yield Triple(named, RDF.type, SD.NamedGraph)
        yield Triple(named, SD.name, graph)
        yield Triple(named, SD.graph, NamedNode(f"{named.value}-content"))
        yield from _graph(dataset, NamedNode(f"{named.value}-content"), graph)


def _graph(dataset: Dataset, node: NamedNode, graph: GraphName) -> Iterator[Triple]:
    yield Triple(node, RDF.type, SD.Graph)
    yield Triple(node, VOID.triples, Literal(sum(1 for _ in dataset.triples(graph))))
