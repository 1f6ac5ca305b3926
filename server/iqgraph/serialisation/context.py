"""The JSON-LD context: short names for the terms of the ontology and of the vocabularies that it reuses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..terms import BASE, DCTERMS, IQ, OWL, PREFIXES, RDF, XSD, Term
from .turtle import TermWriter

IRI = f"{BASE}context.jsonld"
# `@value` and `@language` have no alias, since processors look for them by name when they compact values into a
# language map (https://github.com/digitalbazaar/jsonld.js/blob/main/lib/compact.js).
ALIASES = {
    "id": "@id",
    "type": "@type",
    "incoming": "@reverse",
    "related": "@included",
    "evidence": "@included",
    "statements": "@graph",
}
TERM_CLASSES = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
Json = str | float | bool | dict[str, "Json"] | list["Json"]


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """A name with its IRI, and the type of its values: `@id` for IRIs, `@language` for texts, or a datatype."""

    name: str
    iri: str
    type: str = ""


@dataclass(frozen=True)
class Context:
    """Names for terms, by their IRIs, and prefixes for all other IRIs."""

    definitions: Mapping[str, TermDefinition] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)

    @cached_property
    def free_prefixes(self) -> Mapping[str, str]:
        """The prefixes that are no alias and no name of a term."""
        names = ALIASES.keys() | {term.name for term in self.definitions.values()}
        return {prefix: iri for prefix, iri in self.prefixes.items() if prefix not in names and prefix}

    def as_json(self, definitions: Iterable[TermDefinition], names: Iterable[str]) -> dict[str, Json]:
        """The value of `@context` with these definitions, and with the prefixes and aliases of these names."""
        writer = TermWriter(self.free_prefixes)
        sorted_terms = sorted(set(definitions), key=lambda term: (term.name.lower(), term.name))
        terms = {term.name: _as_json(term, writer) for term in sorted_terms}
        all_names = {*names, *writer.used_prefixes}
        aliases: dict[str, Json] = {alias: keyword for alias, keyword in ALIASES.items() if alias in all_names}
        free = sorted(self.free_prefixes.items())
        prefixes: dict[str, Json] = {prefix: iri for prefix, iri in free if prefix in all_names}
        return {"@version": 1.1, **aliases, **prefixes, **terms}

    def document(self) -> dict[str, Json]:
        """The context as a document of its own, with every name."""
        return {"@context": self.as_json(self.definitions.values(), [*ALIASES, *self.free_prefixes])}


def context(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> Context:
    """The context of data that includes its ontology; for other data only its prefixes.

    The name of a term is the local name of its IRI, unless several terms have it and not just one of them is ours. The
    type of the values of a property follows from the ontology or, if that leaves it open, from all its values.
    """
    types: dict[NamedNode, set[str]] = {}
    terms: set[NamedNode] = set()
    classes: set[NamedNode] = set()
    for triple in triples:
        types.setdefault(triple.predicate, set()).add(_value_type(triple.object))
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            classes.add(triple.object)
            if triple.object == OWL.ObjectProperty and isinstance(triple.subject, NamedNode):
                types.setdefault(triple.subject, set()).add("@id")
            if triple.object in TERM_CLASSES and isinstance(triple.subject, NamedNode):
                terms.add(triple.subject)
        if triple.predicate == DCTERMS.references and isinstance(triple.object, NamedNode):
            terms.add(triple.object)
    if OWL.Ontology not in classes:
        return Context({}, prefixes)
    definitions = {}
    for node, name in _names({*terms, *types, *classes} - {RDF.type}).items():
        type_ = "".join(types[node]) if len(types.get(node, ())) == 1 else ""
        is_plain = type_ in ("@triple", XSD.string.value)
        definitions[node.value] = TermDefinition(name, node.value, "" if is_plain else type_)
    return Context(definitions, prefixes)


def _value_type(value: Term) -> str:
    if isinstance(value, NamedNode | BlankNode):
        return "@id"
    if not isinstance(value, Literal):
        return "@triple"
    return "@language" if value.language else value.datatype.value


def _names(terms: Iterable[NamedNode]) -> dict[NamedNode, str]:
    by_name: dict[str, list[NamedNode]] = {}
    for node in terms:
        by_name.setdefault(node.value.replace("#", "/").rpartition("/")[2], []).append(node)
    names: dict[NamedNode, str] = {}
    for name, nodes in by_name.items():
        candidates = [node for node in nodes if node in IQ] or nodes
        if len(candidates) == 1 and name.isidentifier() and name not in ALIASES:
            names[candidates[0]] = name
    return names


def _as_json(term: TermDefinition, writer: TermWriter) -> Json:
    iri = writer.iri(term.iri).strip("<>")
    if term.type == "@language":
        return {"@id": iri, "@container": "@language"}
    if term.type:
        return {"@id": iri, "@type": term.type if term.type == "@id" else writer.iri(term.type).strip("<>")}
    return iri
