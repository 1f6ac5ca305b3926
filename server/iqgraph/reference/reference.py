"""The ontology as a work of reference: each term with what it means, how it is used, and what depends on it.

pyLODE, the best-kept generator, writes one page in one language from the ontology alone: it knows no data, so it
neither counts uses nor shows examples with their passages. Hence templates of our own over what is collected here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ..bilingual import Text, text_of, untranslated
from ..dataset import UNION, Dataset
from ..resources import Rule, derivation_rules, packaged, questions, table
from ..terms import BASE, DC, DCTERMS, ONTOLOGY, OWL, RDF, RDFS, SCHEMA, SKOS, VOCABULARY, short_name
from ..validation.shapes import Shape, read_shapes
from .usage import count, example, mentioned, terms_of, usage_query

KINDS: Mapping[NamedNode, Text] = {
    OWL.Class: Text(en="class", de="Klasse"),
    OWL.ObjectProperty: Text(en="object property", de="Objekteigenschaft"),
    OWL.DatatypeProperty: Text(en="datatype property", de="Dateneigenschaft"),
    RDFS.Datatype: Text(en="datatype", de="Datentyp"),
    SKOS.ConceptScheme: Text(en="concept scheme", de="Begriffsschema"),
    SKOS.Concept: Text(en="concept", de="Begriff"),
}
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
ALIGNED = (RDFS.seeAlso, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
ANY = "things"
OTHER = "other"
_TABLE = table(packaged().ontology, "topics.csv")
TOPICS: Mapping[str, Text] = {row["topic"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
TOPIC_OF = {name: row["topic"] for row in _TABLE for name in row["classes"].split()}
Nodes = tuple[NamedNode, ...]
User = TypeVar("User")


@dataclass(frozen=True)
class Entry:
    """One entry: a term of the ontology or one of its concepts."""

    node: NamedNode
    kind: NamedNode
    anchor: str
    label: Text
    definition: Text
    above: Nodes
    below: Nodes
    domain: Nodes
    range: Nodes
    inverse: Nodes
    scheme: Nodes
    aligned: tuple[Triple, ...]


@dataclass(frozen=True)
class Usage:
    """How the data uses a term, and what depends on it."""

    uses: int
    query: str
    example: Quad | None
    shapes: tuple[Shape, ...]
    rules: tuple[Rule, ...]
    questions: tuple[Rule, ...]


@dataclass(frozen=True)
class Reused:
    """A term of another vocabulary that the ontology lists, and how often the data uses it."""

    node: NamedNode
    uses: int
    query: str


class Reference:
    """The ontology with all its terms, and what it takes from elsewhere; uses are counted when they are asked for."""

    iri = VOCABULARY.value

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.sources = dataset.sources or packaged()
        self.title = self._message(VOCABULARY, DCTERMS.title)
        self.abstract = self._message(VOCABULARY, DCTERMS.abstract)
        self.creator, self.version, self.version_iri, self.licence = (
            self._text(VOCABULARY, predicate)
            for predicate in (DC.creator, OWL.versionInfo, OWL.versionIRI, DCTERMS.license)
        )
        nodes = {node: kind for kind in KINDS for node in self._subjects(kind, RDF.type)}
        taken = {node.value.rpartition("#")[2] for node in nodes if "#" in node.value}
        self.terms = {node: self._term(node, kind, _anchor(node, taken)) for node, kind in nodes.items()}

    @cached_property
    def reused(self) -> tuple[Reused, ...]:
        """The terms of other vocabularies."""
        return tuple(map(self._reused, self._nodes(VOCABULARY, DCTERMS.references)))

    def of(self, *kinds: NamedNode) -> list[Entry]:
        """The terms of these kinds, in the order of the ontology."""
        return [term for term in self.terms.values() if term.kind in kinds]

    def members(self, scheme: Entry) -> list[Entry]:
        """The concepts of a scheme."""
        return [term for term in self.of(SKOS.Concept) if scheme.node in term.scheme]

    def usage(self, entry: Entry) -> Usage:
        """The uses of a term."""
        node, kind = entry.node, entry.kind
        query = usage_query(node, kind)
        return Usage(
            uses=count(self.dataset, query),
            query=query,
            example=example(self.dataset, node, kind),
            shapes=_users(node, self._shapes),
            rules=_users(node, self._rules),
            questions=_users(node, self._questions),
        )

    @cached_property
    def _shapes(self) -> list[tuple[Shape, set[NamedNode]]]:
        """The shapes, each with the terms that it names."""
        return [(shape, shape.terms()) for shape in read_shapes(self.sources).values()]

    @cached_property
    def _rules(self) -> list[tuple[Rule, set[NamedNode]]]:
        """The rules that derive statements, each with the terms that it makes them with."""
        return [(rule, terms_of(self.dataset, rule)) for rule in derivation_rules(self.sources)]

    @cached_property
    def _questions(self) -> list[tuple[Rule, set[NamedNode]]]:
        """The questions, each with the terms that it names."""
        return [(question, mentioned(question.query)) for question in questions(self.sources)]

    def _nodes(self, subject: NamedNode, *predicates: NamedNode) -> Nodes:
        """What the ontology says of a term, as far as it has a name."""
        return tuple(self.dataset.nodes(subject, *predicates, graph=ONTOLOGY))

    def _subjects(self, value: NamedNode, *predicates: NamedNode) -> Nodes:
        """Of which terms the ontology says this."""
        return tuple(one for name in predicates for one in self.dataset.subjects(name, value, ONTOLOGY))

    def _message(self, subject: NamedNode, *predicates: NamedNode) -> Text:
        """A text in both languages; empty where there is none."""
        return text_of(self.dataset.literals(subject, *predicates, graph=ONTOLOGY)) or untranslated("")

    def _text(self, subject: NamedNode, predicate: NamedNode) -> str:
        """A single value."""
        values = self.dataset.values(subject, predicate, ONTOLOGY)
        return next((one.value for one in values if isinstance(one, NamedNode | Literal)), "")

    def _term(self, node: NamedNode, kind: NamedNode, anchor: str) -> Entry:
        """The entry of a term."""
        above = self._nodes(node, *ABOVE)
        return Entry(
            node=node,
            kind=kind,
            anchor=anchor,
            label=self._message(node, RDFS.label, SKOS.prefLabel),
            definition=self._message(node, SKOS.definition),
            above=tuple(one for one in above if one.value.startswith(BASE)),
            below=self._subjects(node, *ABOVE),
            domain=self._nodes(node, SCHEMA.domainIncludes),
            range=self._nodes(node, SCHEMA.rangeIncludes),
            inverse=(*self._nodes(node, OWL.inverseOf), *self._subjects(node, OWL.inverseOf)),
            scheme=self._nodes(node, SKOS.inScheme),
            aligned=tuple(self._aligned(node)),
        )

    def _aligned(self, node: NamedNode) -> list[Triple]:
        """How a term stands to terms elsewhere, said by the ontology or by other sources."""
        quads = self.dataset.store.quads_for_pattern(node, None, None, None)
        found = {quad.triple for quad in quads if quad.predicate in (*ABOVE, *ALIGNED)}
        elsewhere = [t for t in found if isinstance(t.object, NamedNode) and not t.object.value.startswith(BASE)]
        return sorted(elsewhere, key=str)

    def _reused(self, node: NamedNode) -> Reused:
        """A term of another vocabulary, as what the data uses it for."""
        # Its own vocabulary is not loaded, so its kind is the first by which it is used.
        queries = [usage_query(node, kind) for kind in (OWL.Class, OWL.ObjectProperty, SKOS.Concept)]
        counted = [(count(self.dataset, query), query) for query in queries]
        uses, query = next((one for one in counted if one[0]), counted[1])
        return Reused(node, uses, query)


def _anchor(node: NamedNode, taken: Iterable[str]) -> str:
    """The local name; of a concept that is called like a term of the ontology, with its kind before it."""
    space, mark, local = node.value.rpartition("#" if "#" in node.value else "/")
    return f"{space.rpartition('/')[2]}-{local}" if mark == "/" and local in taken else local


def _users(node: NamedNode, users: Iterable[tuple[User, set[NamedNode]]]) -> tuple[User, ...]:
    return tuple(user for user, terms in users if node in terms)


@dataclass(frozen=True)
class Topic:
    """A group of classes, other vocabularies' included, and the properties that belong to them."""

    slug: str
    name: Text
    classes: tuple[NamedNode, ...]
    entries: tuple[Entry, ...]


def topics(dataset: Dataset, reference: Reference) -> list[Topic]:
    """Each class and property in one topic; a class that the table does not name goes where its wider class is."""
    placed: dict[str, list[Entry]] = {slug: [] for slug in TOPICS}
    for entry in reference.of(OWL.Class):
        placed[topic_of(reference, entry.node)].append(entry)
    for entry in reference.of(*PROPERTIES):
        owner = _owner(dataset, entry)
        placed[topic_of(reference, owner) if owner else ANY].append(entry)
    domains = {node for entry in reference.of(*PROPERTIES) for node in entry.domain}
    foreign = {node: topic_of(reference, node) for node in domains if node not in reference.terms}
    found = []
    for slug, entries in placed.items():
        own = [entry.node for entry in entries if entry.kind == OWL.Class]
        own += sorted((node for node, topic in foreign.items() if topic == slug), key=str)
        found.append(Topic(slug, TOPICS[slug], tuple(own), tuple(entries)))
    return [topic for topic in found if topic.entries]


def topic_of(reference: Reference, node: NamedNode) -> str:
    """The topic of a class: the one that the table gives it, else that of a wider class."""
    if short_name(node) in TOPIC_OF:
        return TOPIC_OF[short_name(node)]
    entry = reference.terms.get(node)
    return next((topic_of(reference, above) for above in (entry.above if entry else ())), OTHER)


def _owner(dataset: Dataset, entry: Entry) -> NamedNode | None:
    """The class that a property is said of most, of those that the ontology names."""
    said = dataset.store.quads_for_pattern(None, entry.node, None, UNION)
    classes = Counter(kind for quad in said for kind in dataset.values(quad.subject, RDF.type))
    return max(entry.domain, key=lambda node: classes[node], default=None)
