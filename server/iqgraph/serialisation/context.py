"""The JSON-LD context: short names for the terms of the ontology and of the vocabularies that it reuses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..terms import BASE, DCTERMS, IQ, OWL, PREFIXES, RDF, XSD
from .turtle import Names

IRI = f"{BASE}context.jsonld"
# None for `@value` and `@language`: processors look for these by name while they compact a value into a map of
# languages (https://github.com/digitalbazaar/jsonld.js/blob/main/lib/compact.js).
ALIASES = {
    "id": "@id",
    "type": "@type",
    "incoming": "@reverse",
    "related": "@included",
    "evidence": "@included",
    "statements": "@graph",
}
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
Json = str | float | bool | dict[str, "Json"] | list["Json"]


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """What a name stands for, and how its values are written: as IRIs (`@id`), with a datatype, or by language."""

    name: str
    iri: str
    type: str = ""
    by_language: bool = False


@dataclass(frozen=True)
class Context:
    """Names for terms, and prefixes for all others; without names it is a list of prefixes."""

    entries: Mapping[str, TermDefinition] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)

    @cached_property
    def usable(self) -> Mapping[str, str]:
        """The prefixes that mean nothing else here."""
        taken = ALIASES.keys() | {entry.name for entry in self.entries.values()}
        return {prefix: iri for prefix, iri in self.prefixes.items() if prefix not in taken and prefix}

    def written(self, entries: Iterable[TermDefinition], names: Iterable[str]) -> dict[str, Json]:
        """The context with these of its entries, and with these of its prefixes and aliases."""
        short = Names(self.usable)
        ordered = sorted(set(entries), key=lambda entry: (entry.name.lower(), entry.name))
        terms = {entry.name: _definition(entry, short) for entry in ordered}
        used = {*names, *short.used}
        aliases: dict[str, Json] = {alias: keyword for alias, keyword in ALIASES.items() if alias in used}
        prefixes: dict[str, Json] = {prefix: self.usable[prefix] for prefix in sorted(used & self.usable.keys())}
        return {"@version": 1.1, **aliases, **prefixes, **terms}

    def published(self) -> dict[str, Json]:
        """The context as a document of its own, which has every name."""
        return {"@context": self.written(self.entries.values(), [*ALIASES, *self.usable])}


def context(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> Context:
    """The context of data that brings its ontology along; for other data just its prefixes.

    A term of ours has its local name; another one has it if no other term is called so. How the values of a property
    are written follows from the ontology or, where that leaves it open, from all its values.
    """
    values: dict[NamedNode, set[str]] = {}
    declared: set[NamedNode] = set()
    classes: set[NamedNode] = set()
    for triple in triples:
        values.setdefault(triple.predicate, set()).add(_kind(triple))
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            classes.add(triple.object)
            if triple.object == OWL.ObjectProperty and isinstance(triple.subject, NamedNode):
                values.setdefault(triple.subject, set()).add("@id")
            if triple.object in KINDS and isinstance(triple.subject, NamedNode):
                declared.add(triple.subject)
        if triple.predicate == DCTERMS.references and isinstance(triple.object, NamedNode):
            declared.add(triple.object)
    if OWL.Ontology not in classes:
        return Context({}, prefixes)
    terms = {*declared, *values, *classes} - {RDF.type}
    names = _names(terms)
    entries = {node.value: _entry(names[node], node, values.get(node, set())) for node in terms if node in names}
    return Context(entries, prefixes)


def _kind(triple: Triple) -> str:
    value = triple.object
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
        best = [node for node in nodes if node in IQ] or nodes
        if len(best) == 1 and name.isidentifier() and name not in ALIASES:
            names[best[0]] = name
    return names


def _entry(name: str, node: NamedNode, kinds: set[str]) -> TermDefinition:
    only = next(iter(kinds)) if len(kinds) == 1 else ""
    plain = only in ("", "@language", "@triple", XSD.string.value)
    return TermDefinition(name, node.value, type="" if plain else only, by_language=only == "@language")


def _definition(entry: TermDefinition, names: Names) -> Json:
    iri = names.iri(entry.iri).strip("<>")
    if entry.by_language:
        return {"@id": iri, "@container": "@language"}
    if entry.type:
        return {"@id": iri, "@type": entry.type if entry.type == "@id" else names.iri(entry.type).strip("<>")}
    return iri
