"""The explanation of an answer: for each row its witnesses with their premises, passages and sources.

The premises of most derived statements are recorded. Where they are not, the rule itself is asked: a derived statement
is a row of its answer, and follows from the minimal candidates of this row.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple, parse, parse_query_results

from ...bilingual import Text
from ...dataset import GraphName, Node, Term
from ...dataset.derivation import passage_graphs
from ...formats import N_TRIPLES, TSV
from ...resources import derivation_rules, packaged
from ...terms import DCTERMS, FOAF, IQ, ONTOLOGY, PROV, RDF, XSD, derived_graph, is_derived, statement_iri
from ..errors import NotExplained
from ..graphs import select_graphs, with_dataset
from ..query import Query, RowSelection
from .candidates import SECONDARY, Graphs, Solver
from .paths import minimal
from .plan import TRIPLE, Plan, Row, Variables, as_rows
from .witnesses import ResultSet, WitnessSearch

NO_GRAPHS = Text(
    de="Diese Daten haben keine benannten Graphen. Geben Sie ihnen welche, etwa in einer TriG-Datei.",
    en="This data has no named graphs. Give it some, for instance in a TriG file.",
)
NESTED = Text(
    de="Die Abfrage ist zu tief verschachtelt. Lassen Sie Klammern weg, die nichts ändern.",
    en="The query is nested too deeply. Leave out brackets that change nothing.",
)
BLANK = Text(
    de="In einer Zeile steht ein Blank Node, der nur in dieser Antwort einen Namen hat. Fragen Sie nach seinen Werten.",
    en="A row holds a blank node, which has a name in this answer alone. Ask for its values instead.",
)
CONTEXTUAL_STATEMENTS = f"""SELECT ?graph ?triple ?node {{
    GRAPH ?records {{
        ?node {IQ.readWith} ?passage ; {DCTERMS.isPartOf} ?graph ;
            {RDF.subject} ?subject ; {RDF.predicate} ?predicate ; {RDF.object} ?object .
    }}
    BIND(TRIPLE(?subject, ?predicate, ?object) AS ?triple)
}}"""


class Derivations:
    """Finds the premises of derived statements in a store, once for each statement."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._premises: dict[Quad, frozenset[Node]] = {}

    def premises(self, statement: Quad, pending: frozenset[Quad] = frozenset()) -> frozenset[Node]:
        """The graphs that a derived statement follows from, none of them derived; `pending` ones are being searched."""
        graph = statement.graph_name
        if not is_derived(graph):
            return frozenset()
        if statement not in self._premises:
            node = statement_iri(statement.triple, graph)
            records = self.store.quads_for_pattern(node, PROV.wasDerivedFrom, None, None)
            nodes: Iterable[Node] = [record.object for record in records if isinstance(record.object, NamedNode)]
            premises = frozenset(nodes or self._search_premises(statement.triple, graph, pending | {statement}))
            if pending:  # some may be missing, since the pending statements were skipped
                return premises
            self._premises[statement] = premises
        return self._premises[statement]

    def _search_premises(self, triple: Triple, graph: NamedNode, pending: frozenset[Quad]) -> Iterator[Node]:
        row = tuple(triple)
        inputs = {derived_graph(document): graphs for document, graphs in passage_graphs(self.store).items()}
        # The graphs from which this one was made, and itself; all graphs, if it is not that of a document.
        dataset = frozenset({graph, ONTOLOGY, *inputs[graph]}) if graph in inputs else None
        for plan in _rule_plans():
            solver = Solver(self.store, plan, TRIPLE, dataset, {})
            for witness in minimal(solver.candidates(row).content):  # since rules have no negation, each is one
                yield from (node for node in witness if not is_derived(node))
                for premise in solver.traceable_statements(row, witness) - pending:
                    yield from self.premises(premise, pending)


@cache
def _rule_plans() -> tuple[Plan, ...]:
    """Those of the rules that record no premises; the others are written in SPARQL 1.2."""
    plans = []
    for rule in derivation_rules(packaged()):
        with suppress(NotExplained):
            plans.append(Plan(Query(rule.query)))
    return tuple(plan for plan in plans if not plan.negations)


class Explainer:
    """Explains answers from one store, which never changes, so what was found once stays true."""

    def __init__(self, store: Store) -> None:
        self.store, self.derivations = store, Derivations(store)

    @cached_property
    def records(self) -> dict[GraphName, dict[Triple, Node]]:
        """The nodes that record statements which passages make only together with others, by graph and statement."""
        records: dict[GraphName, dict[Triple, Node]] = {}
        rows: Any = self.store.query(CONTEXTUAL_STATEMENTS)
        for graph, triple, node in rows:
            records.setdefault(graph, {})[triple] = node
        return records

    def prepare(self) -> None:
        """Load what every explanation needs, since workers can open no file."""
        _ = self.records, _rule_plans()

    def explain(self, query: Query, selection: RowSelection) -> dict[str, Any]:
        """The variables of an answer and the selected rows with their evidence, or NotExplained.

        The engine has to have parsed the text before.
        """
        try:
            plan = Plan(query)
        except RecursionError as error:
            raise NotExplained(NESTED) from error
        if next(self.store.named_graphs(), None) is None:
            raise NotExplained(NO_GRAPHS)
        query = with_dataset(query)
        answer = _read(selection.answer, query) if selection.answer else _evaluate(self.store, query)
        numbers = selection.numbers(len(answer.rows))
        portion = ResultSet(answer.names, [answer.rows[number] for number in numbers])
        if plan.is_aggregate:
            evidence = self._explain_groups(query, plan, portion.rows, selection.limit)
        else:
            evidence = self._explain_rows(query, plan, portion)
        return {
            "variables": list(answer.names),
            "rows": [
                {"row": number, "binding": _binding(answer.names, row), **members}
                for number, row, members in zip(numbers, portion.rows, evidence, strict=True)
            ],
        }

    def _explain_rows(self, query: Query, plan: Plan, answer: ResultSet) -> list[dict[str, Any]]:
        """The evidence of each row."""
        if any(isinstance(term, BlankNode) for row in answer.rows for term in row):
            raise NotExplained(BLANK)
        graphs = frozenset(map(NamedNode, (*query.default_graphs, *query.named_graphs)))
        search = WitnessSearch(self.store, plan, answer, graphs if query.chooses_dataset else None, self.records)
        evidence = {row: self._explain_row(search, row) for row in dict.fromkeys(answer.rows)}
        return [evidence[row] for row in answer.rows]

    def _explain_row(self, search: WitnessSearch, row: Row) -> dict[str, Any]:
        evidence = search.evidence(row)
        parts = {"absent": evidence.absent, "partly": evidence.partly}
        return {
            "witnesses": [
                self._describe(witness, search.traceable_statements(row, witness), label_graphs)
                for witness, label_graphs in evidence.witnesses.items()
            ],
            "more": not evidence.is_complete,
            **{name: texts for name, texts in parts.items() if texts},
        }

    def _describe(self, witness: Graphs, statements: set[Quad], label_graphs: Graphs) -> dict[str, list[str]]:
        """A witness with all that it leads to."""
        derived = {quad: self.derivations.premises(quad) for quad in statements if is_derived(quad.graph_name)}
        premises = {graph for graphs in derived.values() for graph in graphs}
        nodes = (self.records.get(quad.graph_name, {}).get(quad.triple) for quad in statements)
        records = {node for node in nodes if node}
        asserted = {graph for graph in witness if not is_derived(graph)} | premises
        origins = self._objects(asserted, PROV.wasDerivedFrom)
        # A graph is derived from a secondary source in the same words as from a passage.
        documents = {origin for origin in origins if FOAF.Document in self._objects([origin], RDF.type)}
        members = {
            "graphs": witness,
            "premises": premises,
            "passages": origins - documents,
            "sources": self._objects(asserted, PROV.hadPrimarySource) | documents,
        }
        content = {graph for graph in witness - label_graphs if not is_derived(graph)}
        content = content.union(*(graphs for quad, graphs in derived.items() if quad.predicate not in SECONDARY))
        names = label_graphs | (premises - content if content else set())
        members |= {name: nodes for name, nodes in (("contextual", records), ("names", names)) if nodes}
        return {
            name: sorted(node.value for node in nodes if isinstance(node, NamedNode)) for name, nodes in members.items()
        }

    def _objects(self, subjects: Iterable[Term], predicate: NamedNode) -> set[Term]:
        nodes = (subject for subject in subjects if isinstance(subject, NamedNode))
        quads = chain.from_iterable(self.store.quads_for_pattern(node, predicate, None, None) for node in nodes)
        return {quad.object for quad in quads}

    def _explain_groups(self, query: Query, plan: Plan, rows: Sequence[Row], limit: int) -> list[dict[str, Any]]:
        """The members of each row of an aggregate, that is the rows with its keys, with their evidence."""
        members_query = replace(query, text=plan.members_query())
        members = _evaluate(self.store, members_query)
        keys = [key.variable[1:] for key in plan.keys]
        members_by_keys: dict[Row, list[Row]] = {}
        for member in members.rows:
            values = dict(zip(members.names, member, strict=True))
            members_by_keys.setdefault(tuple(values.get(key) for key in keys), []).append(member)
        groups = _evaluate(self.store, replace(query, text=plan.groups_query()))
        places = [groups.names.index(key) for key in keys]
        width = len(rows[0]) if rows else 0
        members_by_row: dict[Row, list[Row]] = {row: [] for row in rows}
        for group in groups.rows:
            if (row := group[:width]) in members_by_row:
                members_by_row[row] += members_by_keys.get(tuple(group[place] for place in places), ())
        answer = ResultSet(members.names, [member for row in rows for member in members_by_row[row][:limit]])
        evidence = iter(self._explain_rows(members_query, Plan(members_query), answer))
        return [
            {
                "witnesses": [],
                "more": len(members_by_row[row]) > limit,
                "members": [
                    {"binding": _binding(members.names, member), **next(evidence)}
                    for member in members_by_row[row][:limit]
                ],
            }
            for row in rows
        ]


def _evaluate(store: Store, query: Query) -> ResultSet:
    return _result_set(query, select_graphs(store, query).ask(query))


def _read(answer: bytes, query: Query) -> ResultSet:
    """The rows of an answer that is known."""
    if query.has_graph:
        return _result_set(query, (quad.triple for quad in parse(answer, N_TRIPLES.rdf)))
    return _result_set(query, parse_query_results(answer, TSV.results))


def _result_set(query: Query, results: Any) -> ResultSet:  # noqa: ANN401 - as the engine has them
    """The whole answer, in its order; the triples of a graph are its rows, in that of N-Triples."""
    if query.has_graph:
        # The engine may give a triple more than once: https://github.com/oxigraph/oxigraph/issues/525
        triples = sorted(set(results), key=lambda triple: f"{triple} .")
        return ResultSet(TRIPLE, list(as_rows(triples, TRIPLE)))
    names = tuple(variable.value for variable in getattr(results, "variables", ()))
    return ResultSet(names, list(as_rows(results, names)))


def _binding(names: Variables, row: Row) -> dict[str, dict[str, Any]]:
    """A row as in SPARQL 1.1 Query Results JSON Format."""
    return {name: _json(term) for name, term in zip(names, row, strict=True) if term is not None}


def _json(term: Term) -> dict[str, Any]:
    if isinstance(term, Triple):
        return {"type": "triple", "value": {part: _json(getattr(term, part)) for part in TRIPLE}}
    if not isinstance(term, Literal):
        return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}
    literal = {"type": "literal", "value": term.value}
    if term.language:
        literal["xml:lang"] = term.language
        return literal | {"its:dir": term.direction.value} if term.direction else literal
    return literal if term.datatype == XSD.string else literal | {"datatype": term.datatype.value}
