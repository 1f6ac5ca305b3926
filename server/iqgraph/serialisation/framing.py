"""A JSON-LD document about one thing: framed for a person to read, with the named graphs as evidence."""

import json
from collections.abc import Iterable

from pyoxigraph import BlankNode, NamedNode, Triple

from ..terms import RDF, RDFS, SKOS
from .context import Context
from .jsonld import Node, Writer, lines
from .turtle import Graphs, Term, order

REIFIED = {RDF.subject, RDF.predicate, RDF.object}
LABELS = {SKOS.prefLabel, RDFS.label}


def framed(node: NamedNode, triples: Iterable[Triple], graphs: Graphs, names: Context) -> str:
    """A document about one thing: its own node with its parts, what points to it, and as evidence the named graphs.

    Outside the graphs stands every triple, so a reader who does not care for evidence may leave the graphs out.
    """
    every = dict.fromkeys(triples)
    told = [(name, list(said)) for name, said in graphs]
    writer = Writer(names, [*every, *(triple for _, said in told for triple in said)])
    document = _Frame(writer, node, every).document(told)
    body = json.dumps(document, ensure_ascii=False, indent=2).removeprefix("{\n")
    return f'{{\n  "@context": {lines(writer.context(), "  ")},\n{body}\n'


class _Frame:
    """A document about a node: what is told of other nodes stands where they are first mentioned, or after it."""

    def __init__(self, writer: Writer, node: NamedNode, triples: Iterable[Triple]) -> None:
        self.writer, self.node = writer, node
        self.left: dict[Term, list[Triple]] = {}
        for triple in sorted(triples, key=order):
            self.left.setdefault(triple.subject, []).append(triple)

    def document(self, graphs: Graphs) -> Node:
        """The node at the top; then what points to it, what else is told, and the graphs."""
        writer = self.writer
        document = self._whole(self.node)
        pointing = [triple for told in self.left.values() for triple in told if self._leads_here(triple)]
        incoming: Node = {}
        for triple in pointing:
            self.left[triple.subject].remove(triple)
            writer.put(incoming, writer.pointer(triple), self._mention(triple.subject))
        if incoming:
            document[writer.alias("incoming")] = incoming
        evidence = [self._graph(name, triples) for name, triples in graphs]
        if rest := writer.flat(triple for told in self.left.values() for triple in told):
            document[writer.alias("related")] = [*rest]
        if evidence:
            document[writer.alias("evidence")] = [*evidence]
        return document

    def _leads_here(self, triple: Triple) -> bool:
        """Whether the triple is about another thing and this one, not about a statement."""
        return triple.object == self.node and triple.predicate not in REIFIED

    def _whole(self, subject: Term) -> Node:
        """A node with all that is told of it; its parts are in it, other nodes with their labels."""
        told = self.left.pop(subject, [])
        return self.writer.node(subject, told, {one.object: inner for one in told if (inner := self._inner(one))})

    def _inner(self, triple: Triple) -> Node | None:
        """What stands in the place of a value that is a node, if there is something to tell of it."""
        term = triple.object
        if not isinstance(term, NamedNode | BlankNode) or term not in self.left or triple.predicate == RDF.type:
            return None
        if isinstance(term, BlankNode) or term.value.startswith(f"{self.node.value}#"):
            return self._whole(term)
        mention = self._mention(term)
        return mention if len(mention) > 1 else None

    def _mention(self, term: Term) -> Node:
        """A node with its labels, if they are still to be told; a blank node with all."""
        if isinstance(term, BlankNode):
            return self._whole(term)
        told = self.left.get(term, [])
        self.left[term] = [triple for triple in told if triple.predicate not in LABELS]
        return self.writer.node(term, [triple for triple in told if triple.predicate in LABELS])

    def _graph(self, name: Term, triples: Iterable[Triple]) -> Node:
        return {**self._whole(name), self.writer.alias("statements"): [*self.writer.flat(triples)]}
