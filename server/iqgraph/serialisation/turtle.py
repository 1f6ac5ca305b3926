"""Turtle and TriG that people can read and compare: blocks, sorted, one statement a line.

The RDF library's own writer puts several objects on one line and declares prefixes that nobody uses; rdflib's does
not keep the order of graphs. Equal data must give equal bytes here.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from textwrap import indent

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..terms import PREFIXES, RDF, RDFS, SKOS, XSD

Term = NamedNode | BlankNode | Literal | Triple
Annotations = Mapping[Triple, Iterable[Triple]]
Graphs = Iterable[tuple[NamedNode | BlankNode, Iterable[Triple]]]

NO_ANNOTATIONS: Annotations = {}
FIRST = {node: place for place, node in enumerate((RDF.type, RDFS.label, SKOS.prefLabel, SKOS.altLabel))}
LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
NAMESPACE = re.compile(r".*[/#]")
BARE = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.boolean: re.compile(r"true|false")}


class Names:
    """Short names for terms; remembers which prefixes were used."""

    def __init__(self, prefixes: Mapping[str, str] = PREFIXES) -> None:
        """Read the table of prefixes backwards."""
        self.prefixes = prefixes
        self.used: set[str] = set()
        self._by_namespace = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._known: dict[str, str] = {}

    def term(self, term: Term) -> str:
        """The term as Turtle writes it."""
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        if isinstance(term, Literal):
            return self.literal(term)
        if isinstance(term, Triple):
            return f"<<( {self.term(term.subject)} {self.term(term.predicate)} {self.term(term.object)} )>>"
        return str(term)

    def iri(self, iri: str) -> str:
        """The IRI with a prefix where the rest is a plain local name, else in full."""
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = self._short(iri)
        return known

    def _short(self, iri: str) -> str:
        match = NAMESPACE.match(iri)
        prefix = self._by_namespace.get(match[0]) if match else None
        if match is None or prefix is None or not LOCAL.fullmatch(iri, match.end()):
            return f"<{iri}>"
        self.used.add(prefix)
        return f"{prefix}:{iri[match.end() :]}"

    def literal(self, literal: Literal) -> str:
        """The literal; whole numbers and truth values without quotes."""
        if literal.language or literal.datatype == XSD.string:
            return str(literal)
        bare = BARE.get(literal.datatype)
        if bare and bare.fullmatch(literal.value):
            return literal.value
        return f"{Literal(literal.value)}^^{self.iri(literal.datatype.value)}"

    def declarations(self) -> str:
        """The declarations of the prefixes used, sorted."""
        return "".join(f"@prefix {prefix}: <{self.prefixes[prefix]}> .\n" for prefix in sorted(self.used))


def compact(term: Term, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The term as Turtle writes it."""
    return Names(prefixes).term(term)


def turtle(
    triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES, annotations: Annotations = NO_ANNOTATIONS
) -> str:
    """The triples as Turtle; equal triples give equal text.

    The annotations of a triple are what is said of the nodes that reify it (RDF 1.2); they are written behind it.
    """
    names = Names(prefixes)
    body = _blocks(triples, names, annotations)
    return "\n".join(part for part in (names.declarations(), body) if part)


def trig(graphs: Graphs, prefixes: Mapping[str, str] = PREFIXES, default: Iterable[Triple] = ()) -> str:
    """The named graphs as TriG, in the order given, after the statements of the default graph."""
    names = Names(prefixes)
    parts = [_blocks(default, names)]
    for name, triples in graphs:
        parts.append(f"{names.term(name)} {{\n{indent(_blocks(triples, names), '    ')}}}\n")
    return "\n".join(part for part in (names.declarations(), *parts) if part)


def _blocks(triples: Iterable[Triple], names: Names, annotations: Annotations = NO_ANNOTATIONS) -> str:
    by_subject = groupby(sorted(set(triples), key=order), key=lambda triple: triple.subject)
    return "\n".join(_block(subject, group, names, annotations) for subject, group in by_subject)


def _block(subject: Term, triples: Iterable[Triple], names: Names, annotations: Annotations) -> str:
    statements = " ;\n    ".join(
        f"{_statement(triple, names)}{_annotation(annotations.get(triple, ()), names)}" for triple in triples
    )
    return f"{names.term(subject)} {statements} .\n"


def _statement(triple: Triple, names: Names) -> str:
    predicate = "a" if triple.predicate == RDF.type else names.term(triple.predicate)
    return f"{predicate} {names.term(triple.object)}"


def _annotation(triples: Iterable[Triple], names: Names) -> str:
    if not triples:
        return ""
    by_reifier = groupby(sorted(set(triples), key=order), key=lambda triple: triple.subject)
    return "".join(f"\n        ~ {names.term(reifier)} {_annotated(group, names)}" for reifier, group in by_reifier)


def _annotated(triples: Iterable[Triple], names: Names) -> str:
    statements = " ;\n            ".join(_statement(triple, names) for triple in triples)
    return f"{{|\n            {statements}\n        |}}"


def order(triple: Triple) -> tuple[str, int, str, str, str]:
    """Where a triple stands: by subject, then types and labels before all else, then by language."""
    predicate, value = triple.predicate, triple.object
    language = value.language or "" if isinstance(value, Literal) else ""
    subject, text = (str(term).removesuffix(">") for term in (triple.subject, value))
    return (subject, FIRST.get(predicate, len(FIRST)), predicate.value, language, text)
