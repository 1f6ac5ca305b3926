"""Evidence: the rules that SHACL cannot express, as queries, and the statements that a derived one follows from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from pyoxigraph import NamedNode, Quad, QuerySolutions, Store, Triple, Variable

from ..bilingual import Text, sentences, untranslated
from ..dataset import UNION, Dataset, Term
from ..dataset.derivation import is_computed
from ..errors import DatasetError
from ..resources import Rule, evidence_rules
from ..terms import DCTERMS, ONTOLOGY, PARTITIONS, PROV, RDF, RULE, SHAPES, is_derived, short_name, statement_iri
from .comparison import compare
from .files import check_prefixes, check_queries, check_tables
from .findings import Finding, sort_findings

MAX_LISTED = 10
COLUMNS = ("focus", "path", "value", "graph")  # of the answer to a rule; all but the first are optional
FOLLOWS = Text(en="It follows by rule {} from: {}.", de="Es folgt nach Regel {} aus: {}.")
OUTSIDE = Text(
    en="The statement is in no named graph, so nothing says where it comes from.",
    de="Die Aussage steht in keinem benannten Graphen, also sagt nichts, woher sie kommt.",
)
NO_RULE = Text(en="The file states it, but no rule yields it.", de="Die Datei sagt es, aber keine Regel ergibt es.")
NO_FILE = Text(en="A rule yields it, but the file lacks it.", de="Eine Regel ergibt es, aber in der Datei fehlt es.")
FOREIGN = Text(en="The file states it, but not the ontology.", de="Die Datei sagt es, aber nicht die Ontologie.")
MISSING = Text(en="The ontology states it, but not the file.", de="Die Ontologie sagt es, aber nicht die Datei.")
# For each kind of statement that is computed and that a file may state too: the rule, which statements these are, and
# the messages for those that only the file or only the computation has. Partitions are counted anew in any case.
COMPUTED: tuple[tuple[NamedNode, Callable[[Quad], bool], Text, Text], ...] = (
    (SHAPES["derived"], lambda quad: is_computed(quad) and quad.graph_name != PARTITIONS, NO_RULE, NO_FILE),
    (SHAPES["ontology"], lambda quad: quad.graph_name == ONTOLOGY, FOREIGN, MISSING),
)


def examine(dataset: Dataset) -> list[Finding]:
    """Find everything that is wrong with the evidence of a dataset, with its seals and its files."""
    findings = [*_statements_outside(dataset), *_computed_statements(dataset), *compare(dataset)]
    findings += [*check_tables(dataset), *check_prefixes(dataset), *check_queries(dataset)]
    for rule in evidence_rules(dataset.sources) if dataset.sources else []:
        findings += _breaches(dataset, rule)
    return sort_findings(findings)


def _breaches(dataset: Dataset, rule: Rule) -> Iterator[Finding]:
    """A finding for each row of the answer to a rule."""
    try:
        rows = dataset.store.query(rule.query)
    except SyntaxError:  # `check_queries` finds it
        return
    if not isinstance(rows, QuerySolutions) or Variable("focus") not in rows.variables:
        raise _without_focus(rule)
    names = {variable.value for variable in rows.variables}
    for row in rows:
        focus, path, value, graph = (row[name] if name in names else None for name in COLUMNS)
        if focus is None:
            raise _without_focus(rule)
        predicate = path if isinstance(path, NamedNode) else None
        name = graph if isinstance(graph, NamedNode) else None
        premises = find_premises(dataset, focus, predicate, value)
        text = sentences(rule.text, premises.text() if premises else None)
        file = (premises and dataset.first_file(premises.quads)) or dataset.place(focus, predicate, value, name)
        yield Finding(SHAPES[rule.slug], focus, text, predicate, value, file)


def _without_focus(rule: Rule) -> DatasetError:
    return DatasetError(
        de=f"{rule.file}: Eine Regel für Belege muss eine SELECT-Abfrage mit ?focus in jeder Zeile sein.",
        en=f"{rule.file}: an evidence rule must be a SELECT query with ?focus in each row.",
    )


def _statements_outside(dataset: Dataset) -> Iterator[Finding]:
    """The statements in no named graph: one finding for each, or for the file if it has many."""
    by_file: dict[str, list[Quad]] = {}
    for quad in dataset.default_graph_only:
        by_file.setdefault(dataset.origins[quad], []).append(quad)
    for file, quads in by_file.items():
        has_many = len(quads) > MAX_LISTED
        message = untranslated("{} ({})").format(OUTSIDE, len(quads)) if has_many else OUTSIDE
        for quad in quads[:1] if has_many else quads:
            yield Finding(SHAPES["homeless"], quad.subject, message, quad.predicate, quad.object, file)


def _computed_statements(dataset: Dataset) -> Iterator[Finding]:
    """The differences between what a file states of computed statements, and what is computed now."""
    stated = Store()
    stated.extend(dataset.computed_quads)  # their values as a store writes them
    file = dataset.first_file(dataset.computed_quads)
    for rule, is_meant, only_in_file, missing_in_file in COMPUTED:
        if in_file := {quad for quad in stated if is_meant(quad)}:
            computed = {quad for quad in dataset.store if is_meant(quad)}
            for quads, message in ((in_file - computed, only_in_file), (computed - in_file, missing_in_file)):
                # The record of a derived statement goes with the statement.
                records = {statement_iri(quad.triple, quad.graph_name) for quad in quads if is_derived(quad.graph_name)}
                for quad in quads:
                    if quad.subject not in records:
                        origin = dataset.origins.get(quad, file)
                        yield Finding(rule, quad.subject, message, quad.predicate, quad.object, origin)


@dataclass(frozen=True)
class Premises:
    """The names of rules, and the statements that a derived one follows from, in their graphs."""

    rules: tuple[str, ...]
    quads: tuple[Quad, ...]

    def text(self) -> Text:
        """The sentence that names rules and statements."""
        graphs = (short_name(cast("NamedNode", quad.graph_name)) for quad in self.quads)
        statements = (" ".join(map(short_name, quad.triple)) for quad in self.quads)
        premises = (f"{statement} ({graph})" for statement, graph in zip(statements, graphs, strict=True))
        return FOLLOWS.format(", ".join(self.rules), "; ".join(premises))


def find_premises(dataset: Dataset, subject: Term, predicate: Term | None, value: Term | None) -> Premises | None:
    """The premises of a statement that is only derived; None for any other."""
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode) or value is None:
        return None
    graphs = {quad.graph_name for quad in dataset.store.quads_for_pattern(subject, predicate, value, None)} - {UNION}
    statement = Triple(subject, predicate, value)
    records = [statement_iri(statement, graph) for graph in graphs if is_derived(graph)]
    if len(records) < len(graphs):
        return None
    rules = {rule.value.removeprefix(RULE.iri) for node in records for rule in dataset.nodes(node, DCTERMS.conformsTo)}
    origins = {graph for node in records for graph in dataset.nodes(node, PROV.wasDerivedFrom)}
    if not rules or not origins:  # some rules keep no record, such as those of labels
        return None
    return Premises(tuple(sorted(rules)), tuple(_linking(dataset, origins, subject, value)))


def _linking(dataset: Dataset, graphs: set[NamedNode], *ends: Term) -> list[Quad]:
    """The statements that link both ends in these graphs, directly or by a third thing, which is no class."""
    quads = {quad for graph in graphs for quad in dataset.store.quads_for_pattern(None, None, None, graph)}
    links = [quad for quad in quads if isinstance(quad.object, NamedNode) and quad.predicate != RDF.type]
    links += [quad for quad in quads if quad.object in ends]
    neighbours = [
        {quad.object for quad in links if quad.subject == end} | {quad.subject for quad in links if quad.object == end}
        for end in ends
    ]
    middle = set.intersection(*neighbours).union(ends)
    near = {
        quad
        for quad in links
        if {quad.subject, quad.object} <= middle and not {quad.subject, quad.object}.isdisjoint(ends)
    }
    return sorted(near, key=str)
