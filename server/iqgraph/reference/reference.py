"""The reference of the ontology: the meaning of each term, its uses, and what depends on it.

pyLODE, the best generator, knows no data: it can neither count uses nor show examples with their passages, and its
pages have one language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ..bilingual import Text, text_of, untranslated
from ..dataset import UNION, Dataset
from ..resources import Rule, derivation_rules, packaged, questions, table
from ..terms import BASE, DC, DCTERMS, ONTOLOGY, OWL, RDF, RDFS, SCHEMA, SKOS, VOCABULARY, short_name
from ..validation.shapes import Shape, read_shapes
from .usage import count, example, terms_in_query, terms_in_rule, usage_query

TYPES: Mapping[NamedNode, Text] = {
    OWL.Class: Text(en="class", de="Klasse"),
    OWL.ObjectProperty: Text(en="object property", de="Objekteigenschaft"),
    OWL.DatatypeProperty: Text(en="datatype property", de="Dateneigenschaft"),
    RDFS.Datatype: Text(en="datatype", de="Datentyp"),
    SKOS.ConceptScheme: Text(en="concept scheme", de="Begriffsschema"),
    SKOS.Concept: Text(en="concept", de="Begriff"),
}
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
BROADER = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
ALIGNMENTS = (RDFS.seeAlso, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
ANY = "things"
OTHER = "other"
_TABLE = table(packaged().ontology, "topics.csv")
TOPICS: Mapping[str, Text] = {row["topic"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
TOPIC_OF = {name: row["topic"] for row in _TABLE for name in row["classes"].split()}
Nodes = tuple[NamedNode, ...]


@dataclass(frozen=True)
class OntologyTerm:
    """A term of the ontology or one of its concepts."""

    node: NamedNode
    type: NamedNode
    anchor: str
    label: Text
    definition: Text
    broader: Nodes
    narrower: Nodes
    domain: Nodes
    range: Nodes
    inverse: Nodes
    scheme: Nodes
    alignments: tuple[Triple, ...]


@dataclass(frozen=True)
class Usage:
    """The uses of a term in the data, and what depends on it."""

    uses: int
    query: str
    example: Quad | None
    shapes: tuple[Shape, ...]
    rules: tuple[Rule, ...]
    questions: tuple[Rule, ...]


@dataclass(frozen=True)
class Reused:
    """A term of another vocabulary that the ontology lists, and its uses in the data."""

    node: NamedNode
    uses: int
    query: str


class Reference:
    """The ontology with its terms and those that it reuses; uses are counted on demand."""

    iri = VOCABULARY.value

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.sources = dataset.sources or packaged()
        self.title = self._message(VOCABULARY, DCTERMS.title)
        self.abstract = self._message(VOCABULARY, DCTERMS.abstract)
        terms = (DC.creator, OWL.versionInfo, OWL.versionIRI, DCTERMS.license)
        self.creator, self.version, self.version_iri, self.licence = (self._text(VOCABULARY, term) for term in terms)
        nodes = {node: term_type for term_type in TYPES for node in self._subjects(term_type, RDF.type)}
        names = {node.value.rpartition("#")[2] for node in nodes if "#" in node.value}
        self.terms = {node: self._term(node, term_type, _anchor(node, names)) for node, term_type in nodes.items()}

    @cached_property
    def reused(self) -> tuple[Reused, ...]:
        """The terms of other vocabularies."""
        return tuple(map(self._reused, self._nodes(VOCABULARY, DCTERMS.references)))

    def of(self, *types: NamedNode) -> list[OntologyTerm]:
        """The terms of these types, in the order of the ontology."""
        return [term for term in self.terms.values() if term.type in types]

    def members(self, scheme: OntologyTerm) -> list[OntologyTerm]:
        """The concepts of a scheme."""
        return [term for term in self.of(SKOS.Concept) if scheme.node in term.scheme]

    def usage(self, entry: OntologyTerm) -> Usage:
        """The uses of a term."""
        node, term_type = entry.node, entry.type
        query = usage_query(node, term_type)
        return Usage(
            uses=count(self.dataset, query),
            query=query,
            example=example(self.dataset, node, term_type),
            shapes=tuple(shape for shape, terms in self._shape_terms.items() if node in terms),
            rules=tuple(rule for rule, terms in self._rule_terms.items() if node in terms),
            questions=tuple(question for question, terms in self._question_terms.items() if node in terms),
        )

    @cached_property
    def _shape_terms(self) -> dict[Shape, set[NamedNode]]:
        return {shape: shape.terms() for shape in read_shapes(self.sources).values()}

    @cached_property
    def _rule_terms(self) -> dict[Rule, set[NamedNode]]:
        return {rule: terms_in_rule(self.dataset, rule) for rule in derivation_rules(self.sources)}

    @cached_property
    def _question_terms(self) -> dict[Rule, set[NamedNode]]:
        return {question: terms_in_query(question.query) for question in questions(self.sources)}

    def _nodes(self, subject: NamedNode, *predicates: NamedNode) -> Nodes:
        """The IRIs among the values of some properties in the ontology."""
        return tuple(self.dataset.nodes(subject, *predicates, graph=ONTOLOGY))

    def _subjects(self, value: NamedNode, *predicates: NamedNode) -> Nodes:
        """The subjects with a value of some properties in the ontology."""
        return tuple(subject for name in predicates for subject in self.dataset.subjects(name, value, ONTOLOGY))

    def _message(self, subject: NamedNode, *predicates: NamedNode) -> Text:
        """A text in both languages; empty if there is none."""
        return text_of(self.dataset.literals(subject, *predicates, graph=ONTOLOGY)) or untranslated("")

    def _text(self, subject: NamedNode, predicate: NamedNode) -> str:
        """A single value; empty if there is none."""
        values = self.dataset.values(subject, predicate, ONTOLOGY)
        return next((value.value for value in values if isinstance(value, NamedNode | Literal)), "")

    def _term(self, node: NamedNode, term_type: NamedNode, anchor: str) -> OntologyTerm:
        return OntologyTerm(
            node=node,
            type=term_type,
            anchor=anchor,
            label=self._message(node, RDFS.label, SKOS.prefLabel),
            definition=self._message(node, SKOS.definition),
            broader=tuple(term for term in self._nodes(node, *BROADER) if term.value.startswith(BASE)),
            narrower=self._subjects(node, *BROADER),
            domain=self._nodes(node, SCHEMA.domainIncludes),
            range=self._nodes(node, SCHEMA.rangeIncludes),
            inverse=(*self._nodes(node, OWL.inverseOf), *self._subjects(node, OWL.inverseOf)),
            scheme=self._nodes(node, SKOS.inScheme),
            alignments=tuple(self._alignments(node)),
        )

    def _alignments(self, node: NamedNode) -> list[Triple]:
        """The relations of a term to terms of other vocabularies, by the ontology or other sources."""
        quads = self.dataset.store.quads_for_pattern(node, None, None, None)
        triples = {quad.triple for quad in quads if quad.predicate in (*BROADER, *ALIGNMENTS)}
        external = [t for t in triples if isinstance(t.object, NamedNode) and not t.object.value.startswith(BASE)]
        return sorted(external, key=str)

    def _reused(self, node: NamedNode) -> Reused:
        """A term of another vocabulary, with the first type that has uses, since that vocabulary is not loaded."""
        queries = [usage_query(node, term_type) for term_type in (OWL.Class, OWL.ObjectProperty, SKOS.Concept)]
        counts = [(count(self.dataset, query), query) for query in queries]
        uses, query = next((pair for pair in counts if pair[0]), counts[1])
        return Reused(node, uses, query)


def _anchor(node: NamedNode, names: Iterable[str]) -> str:
    """The local name; for a concept that shares it with a term of the ontology, after that of its namespace."""
    space, mark, local = node.value.rpartition("#" if "#" in node.value else "/")
    return f"{space.rpartition('/')[2]}-{local}" if mark == "/" and local in names else local


@dataclass(frozen=True)
class Group:
    """A part of the ontology: the classes and properties of a topic, the datatypes, or the concepts of a scheme.

    `classes` are those of a topic, those of other vocabularies included; None for any other group.
    """

    slug: str
    name: Text
    entries: tuple[OntologyTerm, ...]
    classes: tuple[NamedNode, ...] | None = None


def topics(dataset: Dataset, reference: Reference) -> list[Group]:
    """The topics with each class and property in one of them."""
    entries: dict[str, list[OntologyTerm]] = {slug: [] for slug in TOPICS}
    for entry in reference.of(OWL.Class):
        entries[topic_of(reference, entry.node)].append(entry)
    for entry in reference.of(*PROPERTIES):
        owner = _owner(dataset, entry)
        entries[topic_of(reference, owner) if owner else ANY].append(entry)
    domains = {node for entry in reference.of(*PROPERTIES) for node in entry.domain}
    external = {node: topic_of(reference, node) for node in domains if node not in reference.terms}
    result = []
    for slug, group in entries.items():
        classes = [entry.node for entry in group if entry.type == OWL.Class]
        classes += sorted((node for node, topic in external.items() if topic == slug), key=str)
        if group:
            result.append(Group(slug, TOPICS[slug], tuple(group), tuple(classes)))
    return result


def topic_of(reference: Reference, node: NamedNode) -> str:
    """The topic of a class in the table, else that of a broader class."""
    if short_name(node) in TOPIC_OF:
        return TOPIC_OF[short_name(node)]
    entry = reference.terms.get(node)
    return next((topic_of(reference, term) for term in (entry.broader if entry else ())), OTHER)


def _owner(dataset: Dataset, entry: OntologyTerm) -> NamedNode | None:
    """The class in the domain of a property whose members have it most often."""
    quads = dataset.store.quads_for_pattern(None, entry.node, None, UNION)
    classes = Counter(class_ for quad in quads for class_ in dataset.values(quad.subject, RDF.type))
    return max(entry.domain, key=lambda node: classes[node], default=None)
