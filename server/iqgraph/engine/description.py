"""The service description: what the endpoint can do, generated from what is running."""

from collections.abc import Collection, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import describe
from ..dataset import UNION, Dataset, GraphName
from ..dataset.partitions import declarations
from ..dataset.profile import about
from ..formats import FORMATS
from ..terms import DCTERMS, FORMAT, PARTITIONS, RDF, SH, VOID, Namespace

# https://www.w3.org/TR/sparql11-service-description/
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def service_description(dataset: Dataset, endpoint: str, services: Collection[str] = ()) -> list[Triple]:
    """The triples that describe the endpoint at this address; none of them promises what is refused.

    SPARQL 1.1 Service Description has no terms for prefixes, so these are declared as in SHACL (section 5.2.1).
    """
    service = NamedNode(f"{endpoint}#service")
    return [
        *_service(dataset, endpoint),
        *([Triple(service, SD.feature, SD.BasicFederatedQuery)] if services else ()),
        *_dataset(dataset, endpoint),
        *_schema(dataset, endpoint),
    ]


def _service(dataset: Dataset, endpoint: str) -> Iterator[Triple]:
    service = NamedNode(f"{endpoint}#service")
    yield Triple(service, RDF.type, SD.Service)
    yield Triple(service, SD.endpoint, NamedNode(endpoint))
    yield Triple(service, SD.supportedLanguage, SD.SPARQL11Query)
    yield Triple(service, SD.defaultDataset, NamedNode(f"{endpoint}#dataset"))
    for known in (form.oxigraph for form in FORMATS if form.oxigraph):
        yield Triple(service, SD.resultFormat, FORMAT[known.iri.rpartition("/")[2]])
    if dataset.sources and not dataset.default_graph_only:
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
        if found := about(dataset.store, graph):
            yield from describe(named, (DCTERMS.title, found.title), (DCTERMS.description, found.description))


def _schema(dataset: Dataset, endpoint: str) -> Iterator[Triple]:
    """The prefixes, and what the data says of its own classes and properties in VoID."""
    for triple in declarations(NamedNode(f"{endpoint}#service"), endpoint, dataset.prefixes):
        yield triple
        if triple.predicate == SH.namespace:
            yield Triple(triple.subject, RDF.type, SH.PrefixDeclaration)
    held = list(dataset.triples(PARTITIONS)) if dataset.profile.is_bundled else []
    declared = {triple.object for triple in held if triple.predicate == SH.declare}
    for triple in held:
        if triple.predicate != SH.declare and triple.subject not in declared:
            yield triple


def _graph(dataset: Dataset, node: NamedNode, graph: GraphName) -> Iterator[Triple]:
    yield Triple(node, RDF.type, SD.Graph)
    yield Triple(node, VOID.triples, Literal(dataset.size(graph)))
