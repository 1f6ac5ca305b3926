"""IRIs: the base of the bundled data, the namespaces, and the table of prefixes."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TypeGuard

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from .errors import DatasetError

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True)
class Namespace:
    """The terms of a vocabulary: `IQ.Passage` and `IQ["Passage"]` are the same node."""

    iri: str

    def __getattr__(self, name: str) -> NamedNode:
        """Return the term with this local name; cached, since such names occur in our own code only."""
        # copy and pickle look up methods (https://docs.python.org/3/library/pickle.html#pickling-class-instances).
        if name.startswith("__"):
            raise AttributeError(name)
        node = self.__dict__[name] = NamedNode(self.iri + name)
        return node

    def __getitem__(self, name: str) -> NamedNode:
        """Return the term with this local name, which need not be a Python identifier."""
        return NamedNode(self.iri + name)

    def __contains__(self, node: object) -> bool:
        """Whether the node is an IRI in this namespace."""
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)


PREFIXES: dict[str, str] = {}


def _namespace(prefix: str, iri: str) -> Namespace:
    """Return a namespace, and add its prefix to the table."""
    PREFIXES[prefix] = iri
    return Namespace(iri)


DCTERMS = _namespace("dcterms", "http://purl.org/dc/terms/")
SCHEMA = _namespace("schema", "https://schema.org/")


# The base of all IRIs is that of the dataset, which `publication.ttl` names.
try:
    _CONTENT = (files(f"{__package__}.data") / "publication.ttl").read_bytes()
    _PUBLICATION = {quad.predicate: quad for quad in parse(_CONTENT, RdfFormat.TURTLE)}
    DATASET = NamedNode(str(_PUBLICATION[DCTERMS.identifier].subject)[1:-1])
    _MAIN_ENTITY = str(_PUBLICATION[SCHEMA.mainEntity].object)[1:-1]
except KeyError as error:
    _NAME = error.args[0]
    raise DatasetError(
        de=f"data/publication.ttl: Es fehlt {_NAME}.", en=f"data/publication.ttl: {_NAME} is missing."
    ) from error
except (OSError, SyntaxError) as error:
    _REASON = getattr(error, "strerror", None) or error
    raise DatasetError(
        de=f"data/publication.ttl: Die Datei ist unbrauchbar: {_REASON}.",
        en=f"data/publication.ttl: this cannot be used: {_REASON}.",
    ) from error
BASE = DATASET.value.removesuffix("dataset")
IQ = _namespace("iq", f"{BASE}ontology#")
SHAPES = _namespace("shapes", f"{BASE}shapes#")
CONCEPT = _namespace("concept", f"{BASE}concept/")
ID = _namespace("id", f"{BASE}id/")
GRAPH = _namespace("graph", f"{BASE}graph/")
QUERY = Namespace(f"{BASE}query/")
RULE = Namespace(f"{BASE}rule/")
ADMS = _namespace("adms", "http://www.w3.org/ns/adms#")
DCAT = _namespace("dcat", "http://www.w3.org/ns/dcat#")
DCATAP = _namespace("dcatap", "http://data.europa.eu/r5r/")
DCATDE = _namespace("dcatde", "http://dcat-ap.de/def/dcatde/")
DC = _namespace("dc", "http://purl.org/dc/elements/1.1/")
FOAF = _namespace("foaf", "http://xmlns.com/foaf/0.1/")
FORMAT = Namespace("http://www.w3.org/ns/formats/")
NIF = _namespace("nif", "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
OA = _namespace("oa", "http://www.w3.org/ns/oa#")
OWL = _namespace("owl", "http://www.w3.org/2002/07/owl#")
PROV = _namespace("prov", "http://www.w3.org/ns/prov#")
RDF = _namespace("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = _namespace("rdfs", "http://www.w3.org/2000/01/rdf-schema#")
SH = _namespace("sh", "http://www.w3.org/ns/shacl#")
SKOS = _namespace("skos", "http://www.w3.org/2004/02/skos/core#")
SPDX = _namespace("spdx", "http://spdx.org/rdf/terms#")
VCARD = _namespace("vcard", "http://www.w3.org/2006/vcard/ns#")
VOID = _namespace("void", "http://rdfs.org/ns/void#")
VOID_EXT = _namespace("void-ext", "http://ldf.fi/void-ext#")
XSD = _namespace("xsd", "http://www.w3.org/2001/XMLSchema#")

# The document of the prefixes `g:` and `p:`.
DOCUMENT = _MAIN_ENTITY.removeprefix(ID.iri)

PREFIXES |= {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dg": "https://w3id.org/dingo#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "eurio": "http://data.europa.eu/s66#",
    "fabio": "http://purl.org/spar/fabio/",
    "frapo": "http://purl.org/cerif/frapo/",
    "g": f"{GRAPH.iri}{DOCUMENT}/",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "p": f"{BASE}passage/{DOCUMENT}/",
    "qb": "http://purl.org/linked-data/cube#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
}
PREFIXES = dict(sorted(PREFIXES.items()))


def document_prefixes(document: str) -> dict[str, str]:
    """Return the prefixes of the graphs and the passages of a document."""
    return {"g": f"{GRAPH.iri}{document}/", "p": f"{BASE}passage/{document}/"}


def expand(name: str) -> NamedNode:
    """Expand a prefixed name to its IRI; any other IRI stays as it is."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)


META = GRAPH.meta
DERIVED = GRAPH.derived
ONTOLOGY = GRAPH.ontology
VOCABULARY = NamedNode(f"{BASE}ontology")
PARTITIONS = GRAPH.void
LABELS = (SKOS.prefLabel, RDFS.label)
# The properties that link a graph to its source.
ORIGINS = (PROV.hadPrimarySource, PROV.wasDerivedFrom)


def passage_iri(document: str, passage: str) -> NamedNode:
    """Return the IRI of a passage, a span of a document's text."""
    return NamedNode(f"{BASE}passage/{document}/{passage}")


def graph_iri(document: str, passage: str) -> NamedNode:
    """Return the IRI of the graph with the statements of a passage."""
    return GRAPH[f"{document}/{passage}"]


def derived_graph(document: NamedNode) -> NamedNode:
    """Return the IRI of the graph of the statements that are derived from a single document."""
    return NamedNode(f"{DERIVED.value}/{document.value.removeprefix(ID.iri)}")


def is_derived(graph: object) -> TypeGuard[NamedNode]:
    """Whether a graph holds derived statements."""
    return isinstance(graph, NamedNode) and f"{graph.value}/".startswith(f"{DERIVED.value}/")


def part_iri(node: NamedNode, part: str) -> NamedNode:
    """Return the IRI of a part of a node, such as its checksum."""
    # An IRI has a single fragment (RFC 3986, section 3.5), so a part of a part extends it.
    return NamedNode(f"{node.value}{'-' if '#' in node.value else '#'}{part}")


def statement_iri(triple: Triple, graph: NamedNode) -> NamedNode:
    """Return the IRI of a derived statement in a graph."""
    return part_iri(graph, _digest(triple))


def record_iri(triple: Triple, graph: NamedNode) -> NamedNode:
    """Return the IRI of the record of a statement that is annotated in a graph."""
    return part_iri(graph, f"c{_digest(triple)}")


def _digest(triple: Triple) -> str:
    # With 48 bits, two of 100,000 statements have the same hash with a probability of 1 in 56,000.
    return sha256(f"{triple} .".encode()).hexdigest()[:12]


def short_name(term: Term) -> str:
    """Abbreviate a term for people to read, with the prefix of the longest namespace."""
    if not isinstance(term, NamedNode):
        return str(term)
    prefixes = [prefix for prefix, namespace in PREFIXES.items() if term.value.startswith(namespace)]
    prefix = max(prefixes, key=lambda prefix: len(PREFIXES[prefix]), default=None)
    return f"{prefix}:{term.value.removeprefix(PREFIXES[prefix])}" if prefix else str(term)
