"""Premises: which rules and which written statements a derived statement follows from, for whoever has to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple

from ..bilingual import Text
from ..dataset import UNION, Dataset, Term
from ..dataset.derivation import statement_iri
from ..terms import DCTERMS, PROV, RDF, RULE, is_derived
from .paths import short_name

FOLLOWS = Text(en="It follows by rule {} from: {}.", de="Es folgt nach Regel {} aus: {}.")


@dataclass(frozen=True)
class Premises:
    """The rules by their names, and the statements in the graphs that the rules found them in."""

    rules: tuple[str, ...]
    quads: tuple[Quad, ...]

    def file(self, dataset: Dataset) -> str | None:
        """The first file that makes one of the statements."""
        return min((dataset.origins[quad] for quad in self.quads if quad in dataset.origins), default=None)

    def say(self) -> Text:
        """From what it follows, in both languages."""
        quads = "; ".join(" ".join(map(short_name, quad.triple)) + _in(quad) for quad in self.quads)
        return Text(*(text.format(", ".join(self.rules), quads) for text in FOLLOWS))


def find_premises(dataset: Dataset, subject: Term, predicate: Term | None, value: Term | None) -> Premises | None:
    """What a statement follows from, if no file makes it."""
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode) or value is None:
        return None
    graphs = {quad.graph_name for quad in dataset.store.quads_for_pattern(subject, predicate, value, None)} - {UNION}
    if not graphs or not all(isinstance(graph, NamedNode) and is_derived(graph) for graph in graphs):
        return None
    statement = Triple(subject, predicate, value)
    records = [statement_iri(statement, graph) for graph in graphs if isinstance(graph, NamedNode)]
    rules = {rule.value.removeprefix(RULE.iri) for node in records for rule in dataset.nodes(node, DCTERMS.conformsTo)}
    origins = {graph for node in records for graph in dataset.nodes(node, PROV.wasDerivedFrom)}
    return Premises(tuple(sorted(rules)), tuple(_linking(dataset, origins, subject, value)))


def _linking(dataset: Dataset, graphs: set[NamedNode], *ends: Term) -> Iterator[Quad]:
    """The statements by which these graphs link the two ends, by themselves or by way of a third thing."""
    near = [_near(dataset, graphs, end) for end in ends]
    middle = set.intersection(*(set(found) for found in near)) | set(ends)
    yield from sorted({quad for found in near for node in middle for quad in found.get(node, ())}, key=str)


def _near(dataset: Dataset, graphs: set[NamedNode], end: Term) -> dict[Term, list[Quad]]:
    """What these graphs link a thing with, and by which statements."""
    found: dict[Term, list[Quad]] = {}
    for graph in graphs:
        for quad in dataset.store.quads_for_pattern(None, None, end, graph):
            found.setdefault(quad.subject, []).append(quad)
        if isinstance(end, NamedNode):
            for quad in dataset.store.quads_for_pattern(end, None, None, graph):
                if quad.predicate != RDF.type and isinstance(quad.object, NamedNode):
                    found.setdefault(quad.object, []).append(quad)
    return found


def _in(quad: Quad) -> str:
    return f" ({short_name(quad.graph_name)})" if isinstance(quad.graph_name, NamedNode) else ""
