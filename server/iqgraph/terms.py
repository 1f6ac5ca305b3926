"""Names: the one base of all IRIs of the bundled data, the namespaces, and the one table of prefixes."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeGuard

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from .errors import DatasetError

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True)
class Namespace:
    """The terms below one IRI: `IQ.Passage` and `IQ["Passage"]` are the same node."""

    iri: str

    def __getattr__(self, name: str) -> NamedNode:
        """The term of this name; made once, since only our own code can name it like this."""
        # copy and pickle look for methods (https://docs.python.org/3/library/pickle.html#pickling-class-instances).
        if name.startswith("__"):
            raise AttributeError(name)
        node = self.__dict__[name] = NamedNode(self.iri + name)
        return node

    def __getitem__(self, name: str) -> NamedNode:
        """The term of this name, also where the name is no Python identifier."""
        return NamedNode(self.iri + name)

    def __contains__(self, node: object) -> bool:
        """Whether the node lies in this namespace."""
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)


PREFIXES: dict[str, str] = {}


def _namespace(prefix: str, iri: str) -> Namespace:
    """A namespace, and its prefix in the table."""
    PREFIXES[prefix] = iri
    return Namespace(iri)


DCTERMS = _namespace("dcterms", "http://purl.org/dc/terms/")
SCHEMA = _namespace("schema", "https://schema.org/")


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say which file it is that cannot be used."""
    try:
        yield
    except KeyError as error:
        lost = error.args[0]
        raise DatasetError(de=f"{name}: Darin fehlt {lost}.", en=f"{name}: it lacks {lost}.") from error
    except (OSError, SyntaxError, AttributeError, TypeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(
            de=f"{name}: Das ist nicht zu gebrauchen: {reason}.", en=f"{name}: this cannot be used: {reason}."
        ) from error


# What the bundled data says of itself for records is read first: all our names begin as that of the dataset does.
with _reading("data/publication.ttl"):
    _CONTENT = (files(f"{__package__}.data") / "publication.ttl").read_bytes()
    _SAID = {quad.predicate: quad for quad in parse(_CONTENT, RdfFormat.TURTLE)}
    DATASET = NamedNode(str(_SAID[DCTERMS.identifier].subject)[1:-1])
    _MAIN = str(_SAID[SCHEMA.mainEntity].object)[1:-1]
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

# The document that the prefixes `g:` and `p:` lead to.
DOCUMENT = _MAIN.removeprefix(ID.iri)

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


def expanded(name: str) -> NamedNode:
    """The term that a name with a prefix means; any other IRI means itself."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)


# What was called otherwise before. An old IRI leads to the new one for good, and means it in a query until 1.0.
with _reading("ontology/renamed.csv"):
    _ROWS = csv.DictReader((files(f"{__package__}.ontology") / "renamed.csv").read_text(encoding="utf-8").splitlines())
    RENAMED = {expanded(row["old"]).value: expanded(row["new"]).value for row in _ROWS}

META = GRAPH.meta
DERIVED = GRAPH.derived
ONTOLOGY = GRAPH.ontology
VOCABULARY = NamedNode(f"{BASE}ontology")
PARTITIONS = GRAPH.void
# By what a graph leads to its source.
ORIGINS = (PROV.hadPrimarySource, PROV.wasDerivedFrom)


def passage_iri(document: str, passage: str) -> NamedNode:
    """The passage of a document, a span of its text."""
    return NamedNode(f"{BASE}passage/{document}/{passage}")


def graph_iri(document: str, passage: str) -> NamedNode:
    """The graph of what a passage says."""
    return GRAPH[f"{document}/{passage}"]


def passages_graph(document: str) -> NamedNode:
    """The graph that describes a document, its sections and its passages."""
    return GRAPH[f"passages/{document}"]


def derived_graph(document: NamedNode) -> NamedNode:
    """The graph of what follows from the passages of a document alone."""
    return NamedNode(f"{DERIVED.value}/{document.value.removeprefix(ID.iri)}")


def is_derived(graph: object) -> TypeGuard[NamedNode]:
    """Whether a graph holds statements that follow from others by rule."""
    return isinstance(graph, NamedNode) and f"{graph.value}/".startswith(f"{DERIVED.value}/")


def current_iri(iri: str) -> str:
    """The IRI that took the place of an old one; any other IRI is its own."""
    for old, new in RENAMED.items():
        if iri == old or (old.endswith("/") and iri.startswith(old)):
            return new + iri.removeprefix(old)
    return iri


def part_iri(node: NamedNode, part: str) -> NamedNode:
    """A part of a node that has no life of its own, such as its checksum."""
    # An IRI has one fragment (https://www.rfc-editor.org/rfc/rfc3986#section-3.5), so a part of a part goes on in it.
    return NamedNode(f"{node.value}{'-' if '#' in node.value else '#'}{part}")


def short_name(term: Term) -> str:
    """The term with the prefix of the table that says most, for people to read."""
    if not isinstance(term, NamedNode):
        return str(term)
    fitting = (prefix for prefix, namespace in PREFIXES.items() if term.value.startswith(namespace))
    prefix = max(fitting, key=lambda one: len(PREFIXES[one]), default=None)
    return f"{prefix}:{term.value.removeprefix(PREFIXES[prefix])}" if prefix else str(term)
