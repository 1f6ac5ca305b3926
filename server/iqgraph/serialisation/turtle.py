"""Turtle and TriG that people can read and compare: sorted blocks with one statement a line.

The serialiser of pyoxigraph puts several objects on a line and declares unused prefixes, that of rdflib does not keep
the order of graphs. Here equal data gives equal bytes. The sources are formatted by it, too.
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
# What a reader looks for first; other predicates follow in alphabetical order.
FIRST_PREDICATES = (RDF.type, RDFS.label, SKOS.prefLabel, SKOS.altLabel, SH.targetClass, SH.path)
RANKS = {predicate: rank for rank, predicate in enumerate(FIRST_PREDICATES)}
# Less than https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL allows, so that nothing needs an escape.
LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
NAMESPACE = re.compile(r".*[/#]")
UNQUOTED = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.boolean: re.compile(r"true|false")}


class TermWriter:
    """Writes terms with prefixes, and remembers which prefixes it used."""

    def __init__(self, prefixes: Mapping[str, str] = PREFIXES) -> None:
        self.prefixes = prefixes
        self.used_prefixes: set[str] = set()
        self._by_namespace = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._cache: dict[str, str] = {}

    def term(self, term: Term) -> str:
        """The term in Turtle."""
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        if isinstance(term, Literal):
            return self.literal(term)
        if isinstance(term, Triple):
            return f"<<( {self.term(term.subject)} {self.term(term.predicate)} {self.term(term.object)} )>>"
        return str(term)

    def iri(self, iri: str) -> str:
        """The IRI as a prefixed name if that needs no escape, else in full."""
        text = self._cache.get(iri)
        if text is None:
            text = self._cache[iri] = self._shorten(iri)
        return text

    def _shorten(self, iri: str) -> str:
        match = NAMESPACE.match(iri)
        prefix = self._by_namespace.get(match[0]) if match else None
        if match is None or prefix is None or not LOCAL.fullmatch(iri, match.end()):
            return f"<{iri}>"
        self.used_prefixes.add(prefix)
        return f"{prefix}:{iri[match.end() :]}"

    def literal(self, literal: Literal) -> str:
        """The literal; integers and booleans without quotes."""
        if literal.language or literal.datatype == XSD.string:
            return str(literal)
        pattern = UNQUOTED.get(literal.datatype)
        if pattern and pattern.fullmatch(literal.value):
            return literal.value
        return f"{Literal(literal.value)}^^{self.iri(literal.datatype.value)}"

    def declarations(self) -> str:
        """The declarations of the used prefixes, sorted."""
        return "".join(f"@prefix {prefix}: <{self.prefixes[prefix]}> .\n" for prefix in sorted(self.used_prefixes))


def compact(term: Term, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The term in Turtle."""
    return TermWriter(prefixes).term(term)


def compact_cell(cell: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """An RDF term of SPARQL JSON results in Turtle: https://www.w3.org/TR/sparql12-results-json/#select-encode-terms."""
    starts = []
    while cell["type"] == "triple":  # a loop, since triple terms may be nested more deeply than Python can recurse
        subject, predicate, cell = (cell["value"][part] for part in ("subject", "predicate", "object"))
        starts.append(f"<<( {compact_cell(subject, prefixes)} {compact_cell(predicate, prefixes)} ")
    results = json.dumps({"head": {"vars": ["cell"]}, "results": {"bindings": [{"cell": cell}]}})
    solutions: Any = parse_query_results(results, format=QueryResultsFormat.JSON)
    return f"{''.join(starts)}{compact(next(solutions)['cell'], prefixes)}{' )>>' * len(starts)}"


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples in Turtle; equal triples give equal text."""
    terms, unique = TermWriter(prefixes), set(triples)
    body = GraphWriter(terms, nesting(unique)).blocks(unique)
    return "\n".join(part for part in (terms.declarations(), body) if part)


def trig(graphs: Graphs, prefixes: Mapping[str, str] = PREFIXES, default: Iterable[Triple] = ()) -> str:
    """The default graph and the named graphs, in their order, in TriG."""
    terms = TermWriter(prefixes)
    contents: list[tuple[NamedNode | BlankNode | None, set[Triple]]] = [(None, set(default))]
    contents += [(name, set(triples)) for name, triples in graphs]
    shared_nodes = _shared_nodes(contents)
    blocks = []
    for name, triples in contents:
        body = GraphWriter(terms, nesting(triples, shared_nodes)).blocks(triples)
        blocks.append(body if name is None else f"{terms.term(name)} {{\n{indent(body, INDENT)}}}\n")
    return "\n".join(block for block in (terms.declarations(), *blocks) if block)


def _shared_nodes(graphs: Iterable[tuple[NamedNode | BlankNode | None, set[Triple]]]) -> set[BlankNode]:
    """The blank nodes that occur in several graphs or name one: they need their labels."""
    graph_of: dict[BlankNode, NamedNode | BlankNode | None] = {}
    nodes_in_several: set[BlankNode] = set()
    for name, triples in graphs:
        terms = {term for triple in triples for term in (triple.subject, triple.object, *terms_inside(triple.object))}
        nodes = {term for term in terms if isinstance(term, BlankNode)}
        nodes_in_several |= {node for node in nodes if graph_of.setdefault(node, name) != name}
        nodes_in_several |= {name} if isinstance(name, BlankNode) else set()
    return nodes_in_several


@dataclass(frozen=True)
class Nesting:
    """The blank nodes that are written in the place of their label, which of them are lists, and their triples."""

    inline: set[BlankNode] = field(default_factory=set)
    lists: dict[BlankNode, list[Term]] = field(default_factory=dict)
    triples: Mapping[BlankNode, list[Triple]] = field(default_factory=dict)


@dataclass(frozen=True)
class GraphWriter:
    """Writes the triples of a graph, with blank nodes as they nest."""

    terms: TermWriter
    nesting: Nesting = field(default_factory=Nesting)

    def blocks(self, triples: Iterable[Triple]) -> str:
        """A block for each subject that is not written inline."""
        top = sorted((triple for triple in triples if triple.subject not in self.nesting.inline), key=sort_key)
        by_subject = groupby(top, key=lambda triple: triple.subject)
        blocks = ((subject, " ;\n    ".join(self._statements(group))) for subject, group in by_subject)
        return "\n".join(f"{self.terms.term(subject)} {statements} .\n" for subject, statements in blocks)

    def _statements(self, triples: Iterable[Triple]) -> list[str]:
        """Predicate and object of each triple, sorted by the text of blank nodes, since their labels change."""
        statements = [(triple, self._statement(triple)) for triple in triples]
        if self.nesting.inline:
            statements.sort(key=lambda pair: _inner_sort_key(*pair))
        return [text for _, text in statements]

    def _statement(self, triple: Triple) -> str:
        verb = "a" if triple.predicate == RDF.type else self.terms.term(triple.predicate)
        return f"{verb} {self._value(triple.object)}"

    def _value(self, term: Term) -> str:
        if not isinstance(term, BlankNode) or term not in self.nesting.inline:
            return self.terms.term(term)
        if term in self.nesting.lists:
            return f"( {' '.join(map(self._value, self.nesting.lists[term]))} )"
        triples = sorted(self.nesting.triples.get(term, ()), key=sort_key)
        return f"[ {' ; '.join(self._statements(triples))} ]" if triples else "[]"


def sort_key(triple: Triple) -> tuple[str, int, str, str, str]:
    """The place of a triple: by subject, then types and labels before other predicates, then by language."""
    predicate, value = triple.predicate, triple.object
    language = value.language or "" if isinstance(value, Literal) else ""
    subject, text = (str(term).removesuffix(">") for term in (triple.subject, value))
    rank = RANKS.get(predicate, len(RANKS) + (predicate == SH.message))  # the message of a shape comes last
    return (subject, rank, predicate.value, language, text)


def _inner_sort_key(triple: Triple, text: str) -> tuple[int, str, str, str]:
    _, rank, predicate, language, value = sort_key(triple)
    return (rank, predicate, language, text if isinstance(triple.object, BlankNode) else value)


def nesting(triples: Collection[Triple], shared_nodes: Collection[BlankNode] = ()) -> Nesting:
    """How the blank nodes of a graph nest: inline is what is a value once and is not shared with other graphs."""
    uses = Counter(triple.object for triple in triples if isinstance(triple.object, BlankNode))
    if not uses:
        return Nesting()
    by_subject: dict[BlankNode, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            by_subject.setdefault(triple.subject, []).append(triple)
    with_label = {*shared_nodes, *(term for triple in triples for term in terms_inside(triple.object))}
    candidates = {node for node, count in uses.items() if count == 1 and node not in with_label}
    result = Nesting(triples=by_subject)
    stack = [(triple.object, 1) for triple in triples if triple.subject not in candidates]
    while stack:
        node, depth = stack.pop()
        if not isinstance(node, BlankNode) or node not in candidates:
            continue
        values = [triple.object for triple in by_subject.get(node, ())]
        if depth > MAX_DEPTH:  # it keeps its label, and the depth counts from here again
            depth = 0
        elif cells := _list_cells(node, candidates, by_subject):
            result.inline.update(cells)
            result.lists[node] = values = list(cells.values())
        else:
            result.inline.add(node)
        stack += [(value, depth + 1) for value in values]
    return result


def _list_cells(
    node: BlankNode, candidates: Collection[BlankNode], by_subject: Mapping[BlankNode, list[Triple]]
) -> dict[BlankNode, Term]:
    """The cells of a well-formed list with their items (RDF Schema 1.1, section 5.2); empty if it is none."""
    cells: dict[BlankNode, Term] = {}
    rest: Term = node
    while isinstance(rest, BlankNode):
        values = {triple.predicate: triple.object for triple in by_subject.get(rest, ())}
        is_cell = values.keys() == {RDF.first, RDF.rest} and len(by_subject[rest]) == 2
        if rest in cells or rest not in candidates or not is_cell:
            return {}
        cells[rest] = values[RDF.first]
        rest = values[RDF.rest]
    return cells if rest == RDF.nil else {}


def terms_inside(term: Term) -> Iterator[Term]:
    """The terms inside a triple term, at any depth."""
    stack = [term]
    while stack:
        if isinstance(inner := stack.pop(), Triple):
            terms = (inner.subject, inner.predicate, inner.object)
            yield from terms
            stack += terms
