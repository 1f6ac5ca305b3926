"""Turtle and TriG that people can read and compare: blocks, sorted, one statement a line.

The RDF library's own writer puts several objects on one line and declares prefixes that nobody uses; rdflib's does
not keep the order of graphs. Equal data must give equal bytes here. The sources are written by it too.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from textwrap import indent
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, Triple, parse_query_results

from ..terms import PREFIXES, RDF, RDFS, SH, SKOS, XSD, Term

Graphs = Iterable[tuple[NamedNode | BlankNode, Iterable[Triple]]]

INDENT = "    "
MAX_DEPTH = 12
# What a reader looks for first; the rest follows by the alphabet.
FIRST = {
    node: place
    for place, node in enumerate((RDF.type, RDFS.label, SKOS.prefLabel, SKOS.altLabel, SH.targetClass, SH.path))
}
# Less than https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL allows, so that nothing needs an escape.
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


def compact_cell(cell: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The term of a cell as Turtle writes it: https://www.w3.org/TR/sparql12-results-json/#select-encode-terms."""
    heads = []
    while cell["type"] == "triple":  # a loop, since triple terms may be nested deeper than Python can call
        subject, predicate, cell = (cell["value"][part] for part in ("subject", "predicate", "object"))
        heads.append(f"<<( {compact_cell(subject, prefixes)} {compact_cell(predicate, prefixes)} ")
    answer = json.dumps({"head": {"vars": ["cell"]}, "results": {"bindings": [{"cell": cell}]}})
    rows: Any = parse_query_results(answer, format=QueryResultsFormat.JSON)
    return f"{''.join(heads)}{compact(next(rows)['cell'], prefixes)}{' )>>' * len(heads)}"


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples as Turtle; equal triples give equal text."""
    names, found = Names(prefixes), set(triples)
    body = Writer(names, nesting(found)).blocks(found)
    return "\n".join(part for part in (names.declarations(), body) if part)


def trig(graphs: Graphs, prefixes: Mapping[str, str] = PREFIXES, default: Iterable[Triple] = ()) -> str:
    """The named graphs as TriG, in the order given, after the statements of the default graph."""
    names = Names(prefixes)
    found: list[tuple[NamedNode | BlankNode | None, set[Triple]]] = [(None, set(default))]
    found += [(name, set(triples)) for name, triples in graphs]
    shared = _shared(found)
    blocks = []
    for name, triples in found:
        body = Writer(names, nesting(triples, shared)).blocks(triples)
        blocks.append(body if name is None else f"{names.term(name)} {{\n{indent(body, INDENT)}}}\n")
    return "\n".join(block for block in (names.declarations(), *blocks) if block)


def _shared(graphs: Iterable[tuple[NamedNode | BlankNode | None, set[Triple]]]) -> set[object]:
    """The blank nodes that several graphs know: each needs its label in all of them."""
    owner: dict[BlankNode, NamedNode | BlankNode | None] = {}
    shared: set[object] = set()
    for name, triples in graphs:
        terms = {term for triple in triples for term in (triple.subject, triple.object, *parts(triple.object))}
        nodes = {term for term in terms if isinstance(term, BlankNode)}
        shared |= {node for node in nodes if owner.setdefault(node, name) != name}
        shared |= {name} if isinstance(name, BlankNode) else set()
    return shared


@dataclass(frozen=True)
class Nesting:
    """The blank nodes that stand inside of something else, what is said of each, and which of them are lists."""

    inside: set[BlankNode] = field(default_factory=set)
    about: Mapping[BlankNode, list[Triple]] = field(default_factory=dict)
    lists: dict[BlankNode, list[Term]] = field(default_factory=dict)


@dataclass(frozen=True)
class Writer:
    """Writes a graph by names, with its blank nodes as they nest."""

    names: Names
    nested: Nesting = field(default_factory=Nesting)

    def blocks(self, triples: Iterable[Triple]) -> str:
        """A block for each subject that stands nowhere else."""
        own = sorted((triple for triple in triples if triple.subject not in self.nested.inside), key=order)
        by_subject = groupby(own, key=lambda triple: triple.subject)
        blocks = ((subject, " ;\n    ".join(self._statements(group))) for subject, group in by_subject)
        return "\n".join(f"{self.names.term(subject)} {statements} .\n" for subject, statements in blocks)

    def _statements(self, triples: Iterable[Triple]) -> list[str]:
        """Predicate and object of each triple. Labels of blank nodes change: their place is that of what they hold."""
        found = [(triple, self._statement(triple)) for triple in triples]
        if self.nested.inside:
            found.sort(key=lambda pair: _place(*pair))
        return [text for _, text in found]

    def _statement(self, triple: Triple) -> str:
        verb = "a" if triple.predicate == RDF.type else self.names.term(triple.predicate)
        return f"{verb} {self._value(triple.object)}"

    def _value(self, term: Term) -> str:
        if not isinstance(term, BlankNode) or term not in self.nested.inside:
            return self.names.term(term)
        if term in self.nested.lists:
            return f"( {' '.join(map(self._value, self.nested.lists[term]))} )"
        inner = sorted(self.nested.about.get(term, ()), key=order)
        return f"[ {' ; '.join(self._statements(inner))} ]" if inner else "[]"


def _place(triple: Triple, text: str) -> tuple[int, str, str, str]:
    """Where a triple stands among those of its subject, if its object may be written in its place."""
    _, first, predicate, language, value = order(triple)
    return (first, predicate, language, text if isinstance(triple.object, BlankNode) else value)


def order(triple: Triple) -> tuple[str, int, str, str, str]:
    """Where a triple stands: by subject, then types and labels before all else, then by language."""
    predicate, value = triple.predicate, triple.object
    language = value.language or "" if isinstance(value, Literal) else ""
    subject, text = (str(term).removesuffix(">") for term in (triple.subject, value))
    place = FIRST.get(predicate, len(FIRST) + (predicate == SH.message))  # a shape says what it asks, then why
    return (subject, place, predicate.value, language, text)


def nesting(triples: Collection[Triple], labelled: Collection[object] = ()) -> Nesting:
    """How the blank nodes of a graph nest; those that are `labelled` never do."""
    uses = Counter(triple.object for triple in triples if isinstance(triple.object, BlankNode))
    if not uses:
        return Nesting()
    about: dict[BlankNode, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            about.setdefault(triple.subject, []).append(triple)
    quoted = {term for triple in triples for term in parts(triple.object)}
    free = {node for node, number in uses.items() if number == 1 and node not in labelled and node not in quoted}
    found = Nesting(about=about)
    ahead = [(triple.object, 1) for triple in triples if triple.subject not in free]
    while ahead:
        node, depth = ahead.pop()
        if not isinstance(node, BlankNode) or node not in free:
            continue
        if depth > MAX_DEPTH:  # it keeps its label, and what is below it begins anew
            below, depth = [triple.object for triple in about.get(node, ())], 0
        else:
            below = _take(node, free, found)
        ahead += [(one, depth + 1) for one in below]
    return found


def _take(node: BlankNode, free: Collection[BlankNode], found: Nesting) -> list[Term]:
    """Write a node in its place; answers the terms inside of it."""
    cells, items = _list(node, free, found.about)
    if cells:
        found.inside.update(cells)
        found.lists[node] = items
        return items
    found.inside.add(node)
    return [triple.object for triple in found.about.get(node, ())]


def _list(
    node: BlankNode, free: Collection[BlankNode], about: Mapping[BlankNode, list[Triple]]
) -> tuple[set[BlankNode], list[Term]]:
    """The cells and the items of a well-formed list (RDF Schema 1.1, section 5.2); no cells if it is none."""
    cells: set[BlankNode] = set()
    items: list[Term] = []
    rest: Term = node
    while isinstance(rest, BlankNode):
        said = {triple.predicate: triple.object for triple in about.get(rest, ())}
        if rest in cells or rest not in free or said.keys() != {RDF.first, RDF.rest} or len(about[rest]) > len(said):
            return set(), []
        cells.add(rest)
        items.append(said[RDF.first])
        rest = said[RDF.rest]
    return (cells, items) if rest == RDF.nil else (set(), [])


def parts(term: Term) -> Iterator[Term]:
    """The terms inside of a triple term, at any depth."""
    ahead = [term]
    while ahead:
        if isinstance(one := ahead.pop(), Triple):
            inner = (one.subject, one.predicate, one.object)
            yield from inner
            ahead += inner
