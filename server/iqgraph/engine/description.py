"""The SPARQL 1.1 service description of the endpoint, generated from the dataset that it serves."""

from collections.abc import Collection, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import describe
from ..dataset import UNION, Dataset, GraphName
from ..dataset.partitions import declarations
from ..dataset.profile import description_of
from ..formats import FORMATS
from ..terms import DCTERMS, FORMAT, PARTITIONS, RDF, SH, VOID, Namespace

# https://www.w3.org/TR/sparql11-service-description/
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def service_description(dataset: Dataset, endpoint: str, services: Collection[str] = ()) -> list[Triple]:
    """The description of the endpoint at this address.

    SPARQL 1.1 Service Description has no terms for prefixes, so these are declared as in SHACL (section 5.2.1).
    """
    service, node = NamedNode(f"{endpoint}#service"), NamedNode(f"{endpoint}#dataset")
    results = (FORMAT[format.oxigraph.iri.rpartition("/")[2]] for format in FORMATS if format.oxigraph)
    is_union = dataset.sources and not dataset.default_graph_only
    facts = (
        (RDF.type, SD.Service),
        (SD.endpoint, NamedNode(endpoint)),
        (SD.supportedLanguage, SD.SPARQL11Query),
        (SD.defaultDataset, node),
        (SD.resultFormat, tuple(results)),
        (SD.feature, (SD.BasicFederatedQuery if services else None, SD.UnionDefaultGraph if is_union else None)),
    )
    return [*describe(service, *facts), *_dataset(dataset, endpoint, node), *_schema(dataset, endpoint, service)]


def _dataset(dataset: Dataset, endpoint: str, node: NamedNode) -> Iterator[Triple]:
    default = NamedNode(f"{endpoint}#default-graph")
    yield from describe(node, (RDF.type, SD.Dataset), (SD.defaultGraph, default))
    yield from _graph(dataset, default, UNION)
    for number, graph in enumerate(dataset.graphs(), start=1):
        named_graph, content = (NamedNode(f"{endpoint}#graph{number}{suffix}") for suffix in ("", "-content"))
        yield Triple(node, SD.namedGraph, named_graph)
        yield from describe(named_graph, (RDF.type, SD.NamedGraph), (SD.name, graph), (SD.graph, content))
        yield from _graph(dataset, content, graph)
        if texts := description_of(dataset.store, graph):
            yield from describe(named_graph, (DCTERMS.title, texts.title), (DCTERMS.description, texts.description))


def _schema(dataset: Dataset, endpoint: str, service: NamedNode) -> Iterator[Triple]:
    """The declarations of prefixes, and the partitions of the data by classes and properties in VoID."""
    for triple in declarations(service, endpoint, dataset.prefixes):
        yield triple
        if triple.predicate == SH.namespace:
            yield Triple(triple.subject, RDF.type, SH.PrefixDeclaration)
    triples = list(dataset.triples(PARTITIONS)) if dataset.profile.is_bundled else []
    prefixes = {triple.object for triple in triples if triple.predicate == SH.declare}
    yield from (triple for triple in triples if triple.predicate != SH.declare and triple.subject not in prefixes)


def _graph(dataset: Dataset, node: NamedNode, graph: GraphName) -> Iterator[Triple]:
    return describe(node, (RDF.type, SD.Graph), (VOID.triples, Literal(dataset.size(graph))))
