"""Witnesses: the minimal sets of named graphs from which alone a query has a row.

A candidate is a witness if the query itself, asked with exactly these graphs, has the row. Smaller candidates are
tested first, so no witness contains another.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from pyoxigraph import Store

from .candidates import Graphs, Records, Solver, size_and_names
from .paths import minimal
from .plan import Plan, Row, Variables, as_rows

MAX_WITNESSES, MAX_TRIALS = 20, 512
MAX_EXHAUSTIVE_GRAPHS = 8  # whose 256 subsets can all be tested


class ResultSet(NamedTuple):
    """The variables of an answer and its rows."""

    names: Variables
    rows: Sequence[Row]


class RowEvidence(NamedTuple):
    """The witnesses of a row, whether these are all, and the parts of the query that did not match or must not.

    Beside each witness are those of its graphs that give the row nothing but labels.
    """

    witnesses: Mapping[Graphs, Graphs]
    is_complete: bool
    absent: list[str]
    partly: list[str]


class WitnessSearch(Solver):
    """Finds the witnesses of the rows of an answer; the query is asked once with each set of graphs, for all rows."""

    def __init__(self, store: Store, plan: Plan, answer: ResultSet, dataset: Graphs | None, records: Records) -> None:
        super().__init__(store, plan, answer.names, dataset, records)
        self.rows = set(answer.rows)
        self._rows: dict[Graphs, set[Row]] = {}

    @cached_property
    def graphs(self) -> Graphs:
        """All graphs that a witness may contain."""
        return frozenset(self.store.named_graphs()) if self.dataset is None else self.dataset

    def evidence(self, row: Row) -> RowEvidence:
        """The witnesses of a row that the query has."""
        candidates = self.candidates(row)
        witnesses, is_exhaustive = self._test(row, candidates.content)
        is_complete = candidates.is_complete
        if not witnesses and self.has_row(row, self.graphs):
            witnesses, is_complete = [self.graphs], False
        if not is_complete:
            witnesses = minimal(self._shrink(row, witness) for witness in witnesses)
        marks = candidates.marks
        return RowEvidence(
            {witness: witness - (candidates.content.get(witness) or witness) for witness in witnesses},
            is_complete and is_exhaustive,
            [part.text for part in self.plan.optionals if marks[part.mark] == {False}],
            list(dict.fromkeys(part.text for part in self.plan.negations if marks[part.mark])),
        )

    def has_row(self, row: Row, graphs: Graphs) -> bool:
        """Whether the query has the row when it is asked with exactly these graphs."""
        if graphs not in self._rows:
            self._rows[graphs] = set(self._find_rows(graphs))
        return row in self._rows[graphs]

    def _find_rows(self, graphs: Graphs) -> Iterator[Row]:
        missing = set(self.rows)
        for row in as_rows(self.ask(self.plan.core, graphs), self.names):
            if row in missing:
                yield row
                missing.remove(row)
            if not missing:
                return

    def _test(self, row: Row, candidates: Mapping[Graphs, Graphs]) -> tuple[Sequence[Graphs], bool]:
        """The minimal candidates with which the query has the row, and whether these are all."""
        witnesses: list[Graphs] = []
        failures: list[Graphs] = []
        for candidate in sorted(candidates, key=size_and_names):
            if any(witness <= candidate for witness in witnesses):
                continue
            if not self.has_row(row, candidate):
                failures.append(candidate)
            elif len(witnesses) == MAX_WITNESSES:
                return witnesses, False
            else:
                witnesses.append(candidate)
        if self.plan.is_nested and failures:
            return self._test_supersets(row, witnesses, failures)
        return witnesses, True

    def _test_supersets(
        self, row: Row, witnesses: list[Graphs], failures: list[Graphs]
    ) -> tuple[Sequence[Graphs], bool]:
        """The same where what must not match contains such a part itself, so that a witness may need more graphs."""
        trials = 0
        for size in range(len(self.graphs) + 1):
            for candidate in (candidate for candidate in failures if len(candidate) <= size):
                for more in combinations(sorted(self.graphs - candidate, key=str), size - len(candidate)):
                    trials += 1
                    if trials > MAX_TRIALS:
                        return minimal(witnesses), False
                    superset = candidate.union(more)
                    if not any(witness <= superset for witness in witnesses) and self.has_row(row, superset):
                        witnesses.append(superset)
        return minimal(witnesses)[:MAX_WITNESSES], len(witnesses) <= MAX_WITNESSES

    def _shrink(self, row: Row, graphs: Graphs) -> Graphs:
        """A subset that still has the row, minimal if so few graphs are left that all subsets can be tested."""
        step = len(graphs)
        while len(graphs) > MAX_EXHAUSTIVE_GRAPHS and step:
            ordered = sorted(graphs, key=str)
            for start in range(0, len(ordered), step):
                rest = graphs.difference(ordered[start : start + step])
                graphs = rest if self.has_row(row, rest) else graphs
            step //= 2
        if len(graphs) > MAX_EXHAUSTIVE_GRAPHS:
            return graphs
        ordered = sorted(graphs, key=str)
        subsets = (frozenset(subset) for size in range(len(graphs)) for subset in combinations(ordered, size))
        return next((subset for subset in subsets if self.has_row(row, subset)), graphs)
