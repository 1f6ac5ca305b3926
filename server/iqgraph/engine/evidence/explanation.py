"""The explanation of an answer: each row with what it rests on, down to premises, passages and sources.

The premises of most derived statements are on record. Where they are not, the rule itself is asked: a derived statement
is a row of it, and what it follows from are the smallest sets of graphs that the row comes from.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QueryTriples, Store, Triple

from ...bilingual import Text
from ...dataset import Node, Term
from ...dataset.derivation import passage_graphs, statement_iri
from ...resources import derivation_rules, packaged
from ...terms import DCTERMS, FOAF, IQ, ONTOLOGY, PROV, RDF, XSD, derived_graph, is_derived
from ..errors import NotExplained
from ..query import Query, Wanted
from ..scope import scope, with_dataset
from .paths import smallest
from .plan import TRIPLE, Names, Plan, Row, row_of
from .witnesses import Graphs, Search, Statement

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


CONTEXTUAL = f"""SELECT ?graph ?triple ?node {{
    GRAPH ?records {{
        ?node {IQ.readWith} ?passage ; {DCTERMS.isPartOf} ?graph ;
            {RDF.subject} ?subject ; {RDF.predicate} ?predicate ; {RDF.object} ?object .
    }}
    BIND(TRIPLE(?subject, ?predicate, ?object) AS ?triple)
}}"""


class Derivations:
    """Finds the premises of derived statements in a store, those of each once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.found: dict[Statement, frozenset[Node]] = {}

    def premises(self, statement: Statement, above: frozenset[Statement] = frozenset()) -> frozenset[Node]:
        """The premises of a statement, none of which is derived; `above` are those that are being looked for."""
        if statement not in self.found:
            premises = self._recorded(statement) or frozenset(self._asked(statement, above | {statement}))
            if above:  # what was left out, since it was being looked for, is missing here alone
                return premises
            self.found[statement] = premises
        return self.found[statement]

    def _recorded(self, statement: Statement) -> frozenset[Node]:
        graph, triple = statement
        quads = self.store.quads_for_pattern(statement_iri(triple, graph), PROV.wasDerivedFrom, None, None)
        return frozenset(quad.object for quad in quads if isinstance(quad.object, NamedNode))

    def _given(self, graph: NamedNode) -> frozenset[Node] | None:
        """The graphs that a graph of derived statements was made from, with itself; None if from all that there are."""
        found = {derived_graph(document): graphs for document, graphs in passage_graphs(self.store).items()}
        return frozenset({graph, ONTOLOGY, *found[graph]}) if graph in found else None

    def _asked(self, statement: Statement, above: frozenset[Statement]) -> Iterator[Node]:
        row = row_of(statement[1], TRIPLE)
        given = self._given(statement[0])
        for plan in _plans():
            search = Search(self.store, plan, TRIPLE, {row}, given)
            for witness in smallest(search.candidates(row)[0]):  # rules find something only, so all of them hold
                yield from (graph for graph in witness if not is_derived(graph))
                for one in search.graded(row, witness) - above:
                    yield from self.premises(one, above)


@cache
def _plans() -> tuple[Plan, ...]:
    """Those of the rules that keep no record; the others are written in terms of SPARQL 1.2."""
    plans = []
    for rule in derivation_rules(packaged()):
        with suppress(NotExplained):
            plans.append(Plan(rule.query, Query(rule.query).prologue))
    return tuple(plan for plan in plans if not plan.negative)


class Explainer:
    """Explains answers from one store, which never changes; so what was found once stays true."""

    def __init__(self, store: Store) -> None:
        self.store, self.derivations = store, Derivations(store)

    @cached_property
    def contextual(self) -> dict[Node, dict[Triple, Node]]:
        """The nodes that record statements which passages make only together with others, by graph and statement."""
        found: dict[Node, dict[Triple, Node]] = {}
        rows: Any = self.store.query(CONTEXTUAL)
        for graph, triple, node in rows:
            found.setdefault(graph, {})[triple] = node
        return found

    def prepare(self) -> None:
        """Find now what every explanation needs, so that workers need not, which can open no file."""
        _ = self.contextual, _plans()

    def explain(self, query: Query, wanted: Wanted) -> dict[str, Any]:
        """The variables and the wanted rows of an answer, each with its witnesses; NotExplained if that cannot be told.

        The text has to be one that the engine could read.
        """
        try:
            plan = Plan(query.text, query.prologue)
        except RecursionError as error:
            raise NotExplained(NESTED) from error
        if next(self.store.named_graphs(), None) is None:
            raise NotExplained(NO_GRAPHS)
        query = with_dataset(query)
        names, rows = _answer(self.store, query)
        numbers = wanted.numbers(len(rows))
        asked = [rows[number] for number in numbers]
        is_aggregate = plan.is_aggregate
        told = self._members(query, plan, asked, wanted) if is_aggregate else self._rows(query, plan, names, asked)
        found = zip(numbers, asked, told, strict=True)
        return {
            "variables": list(names),
            "rows": [{"row": number, "binding": _binding(names, row), **one} for number, row, one in found],
        }

    def _rows(self, query: Query, plan: Plan, names: Names, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """What each row rests on."""
        if any(isinstance(term, BlankNode) for row in rows for term in row):
            raise NotExplained(BLANK)
        chosen = frozenset(map(NamedNode, (*query.default_graphs, *query.named_graphs)))
        search = Search(self.store, plan, names, set(rows), chosen if query.chooses_dataset else None)
        search.contextual = self.contextual
        told = {row: self._told(search, row) for row in dict.fromkeys(rows)}
        return [told[row] for row in rows]

    def _told(self, search: Search, row: Row) -> dict[str, Any]:
        found = search.witnesses(row)
        parts = {"absent": list(found.absent), "partly": list(found.partly)}
        return {
            "witnesses": [self._witness(one, search.graded(row, one), search.naming(one)) for one in found.witnesses],
            "more": not found.is_complete,
            **{name: texts for name, texts in parts.items() if texts},
        }

    def _witness(self, graphs: Graphs, graded: Iterable[Statement], names: Graphs) -> dict[str, list[str]]:
        contextual = {node for graph, triple in graded if (node := self.contextual.get(graph, {}).get(triple))}
        followed = {graph for one in graded if is_derived(one[0]) for graph in self.derivations.premises(one)}
        stating = {graph for graph in graphs if not is_derived(graph)} | followed
        origins = self._objects(stating, PROV.wasDerivedFrom)
        # A graph is derived from a secondary source in the same words as from a passage.
        documents = {one for one in origins if FOAF.Document in self._objects([one], RDF.type)}
        primary = self._objects(stating, PROV.hadPrimarySource)
        found = {"graphs": graphs, "premises": followed, "passages": origins - documents}
        found |= {"sources": primary | documents}
        found |= {name: nodes for name, nodes in (("contextual", contextual), ("names", names)) if nodes}
        return {name: sorted(one.value for one in nodes if isinstance(one, NamedNode)) for name, nodes in found.items()}

    def _objects(self, subjects: Iterable[Term], predicate: NamedNode) -> set[Term]:
        quads = (
            self.store.quads_for_pattern(one, predicate, None, None) for one in subjects if isinstance(one, NamedNode)
        )
        return {quad.object for quad in chain.from_iterable(quads)}

    def _members(self, query: Query, plan: Plan, rows: Sequence[Row], wanted: Wanted) -> list[dict[str, Any]]:
        """What each row of an aggregate was made of: the rows that have the values by which it was grouped."""
        members = replace(query, text=plan.members())
        names, all_members = _answer(self.store, members)
        keys = [name[1:] for name, _ in plan.keys]
        groups: dict[Row, list[Row]] = {}
        for member in all_members:
            values = dict(zip(names, member, strict=True))
            groups.setdefault(tuple(values.get(key) for key in keys), []).append(member)
        keyed_names, keyed = _answer(self.store, replace(query, text=plan.keyed()))
        places = [keyed_names.index(key) for key in keys]
        width = len(rows[0]) if rows else 0
        made = [
            [
                member
                for one in keyed
                if one[:width] == row
                for member in groups.get(tuple(one[place] for place in places), ())
            ]
            for row in rows
        ]
        listed = [some[: wanted.limit] for some in made]
        told = iter(self._rows(members, Plan(members.text, query.prologue), names, [*chain.from_iterable(listed)]))
        return [
            {
                "witnesses": [],
                "more": len(all_of_row) > len(some),
                "members": [{"binding": _binding(names, member), **next(told)} for member in some],
            }
            for some, all_of_row in zip(listed, made, strict=True)
        ]


def _answer(store: Store, query: Query) -> tuple[Names, list[Row]]:
    """The names and the rows of an answer, in its order; those of a graph are its triples in that of N-Triples."""
    results = scope(store, query).ask(query)
    if isinstance(results, QueryBoolean):
        return (), [()] if results else []
    if isinstance(results, QueryTriples):
        # The engine may give a triple more than once: https://github.com/oxigraph/oxigraph/issues/525
        return TRIPLE, [row_of(triple, TRIPLE) for triple in sorted(set(results), key=lambda one: f"{one} .")]
    names = tuple(variable.value for variable in results.variables)
    return names, [row_of(one, names) for one in results]


def _binding(names: Names, row: Row) -> dict[str, dict[str, Any]]:
    """A row as in SPARQL 1.1 Query Results JSON Format."""
    return {name: _json(term) for name, term in zip(names, row, strict=True) if term is not None}


def _json(term: Term) -> dict[str, Any]:
    if isinstance(term, Triple):
        parts = ("subject", "predicate", "object")
        return {"type": "triple", "value": {part: _json(getattr(term, part)) for part in parts}}
    if not isinstance(term, Literal):
        return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
        return found | {"its:dir": term.direction.value} if term.direction else found
    return found if term.datatype == XSD.string else found | {"datatype": term.datatype.value}


def is_explained(query: Query) -> bool:
    """Whether no part of a query keeps its rows from being explained."""
    if query.form == "DESCRIBE" or not query.is_repeatable:
        return False
    try:
        return query.is_plain or bool(Plan(query.text, query.prologue))
    except (NotExplained, RecursionError):
        return False
