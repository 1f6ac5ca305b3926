"""The expressions of a query: each EXISTS becomes a variable, its mark, which a group before the expression sets.

The state of a group while it is read is here too, since groups and expressions contain each other.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .grammar import Parser, Renaming, Span
from .paths import Path


class MarkedPattern(NamedTuple):
    """A part of the query as it is written, and its mark: for OPTIONAL whether it matched, else whether it was met."""

    mark: str
    text: str


@dataclass
class Group:
    """A group graph pattern while it is read and rewritten.

    `graph` is the variable of the GRAPH around it, if there is one, and `mark` is true in each solution that uses the
    group. The rewritten elements are the `body`; the `tail` follows the last one. Its `variables` are those in scope,
    as the query names them. Triple patterns bind the `bound_variables` in each solution, and BIND, VALUES and AS make
    `assignments`.
    """

    graph: str = ""
    body: str = ""
    tail: str = ""
    mark: str = ""
    filters: list[Span] = field(default_factory=list)
    bound_variables: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    assignments: set[str] = field(default_factory=set)

    def include(self, inner: "Group") -> None:
        """Bring the variables of a group inside of this one into scope."""
        self.variables |= inner.variables
        self.assignments |= inner.assignments

    def close(self, body: str) -> None:
        """Replace all that was read by what it was rewritten to."""
        self.body, self.tail, self.filters = body, "", []


class Expressions(Parser, ABC):
    """Rewrites expressions, and collects what must not match."""

    def __init__(self, text: str, start: int = 0) -> None:
        super().__init__(text, start)
        self.negations: list[MarkedPattern] = []
        self.is_nested = False
        self._part_depth = self._negation_depth = 0

    @abstractmethod
    def group(self, graph: str = "") -> Group:
        """Read the group that starts here; within GRAPH, `graph` is the variable of that."""

    def render_group(self, group: Group) -> str:
        """What stands between the brackets of a group."""
        filters = self._render_filters(group, group.variables)
        return f"{group.body} {group.tail} {filters}"

    def _part(self, outer: Group) -> Group:
        """Read a group that need not match; the query is nested if such a group contains another."""
        self.is_nested |= bool(self._part_depth)
        self._part_depth += 1
        part = self.group(outer.graph)
        self._part_depth -= 1
        return part

    def _render_filters(self, group: Group, variables: set[str], unless: str = "") -> str:
        filters = (self._rewrite_expression(group, variables, *span) for span in group.filters)
        return "".join(f"{groups}FILTER({unless}({text})) " for groups, text in filters)

    def _rewrite_expression(self, group: Group, variables: set[str], start: int, end: int) -> tuple[str, str]:
        """The groups that set the marks of an expression, and the expression with the marks in place of its EXISTS."""
        groups, text, index = "", "", start
        while index < end:
            is_negation = self.is_not_exists(index)
            if not is_negation and not self.is_exists(index):
                text += self.render(index, end)
                index += 1
                continue
            mark, mark_group, exists_end = self._rewrite_exists(group, variables, index + 1 + is_negation)
            if is_negation and not self._negation_depth:
                self.negations.append(MarkedPattern(self._mark_of(group), self.source(index, exists_end)))
            groups, text, index = groups + mark_group, f"{text} ({'!' * is_negation}{mark}) ", exists_end
        return groups, text

    def _rewrite_exists(self, group: Group, variables: set[str], start: int) -> tuple[str, str, int]:
        """The mark of an EXISTS whose group starts at a token, the group that sets the mark, and where EXISTS ends.

        All variables inside get other names, and the values of those in scope are copied to them; so the group binds
        none outside.
        """
        current, self.index = self.index, start
        self.renamings.append(Renaming(frozenset(), str(next(self.numbers))))
        part = self._part(group)
        text = self.render_group(part)
        inner = {name: self.rename(name) for name in variables}
        self.renamings.pop()
        copies = "".join(
            f"BIND({self.rename(name)} AS {inner[name]}) " for name in sorted(variables) if inner[name] in text
        )
        # With LATERAL the group is evaluated for each solution, not once for all before the join. What has a value
        # outside must not be assigned in it (https://github.com/w3c-cg/sparql-dev/blob/main/SEP/SEP-0006/sep-0006.md).
        lateral = "LATERAL" if part.assignments.isdisjoint(inner.values()) else ""
        mark, end, self.index = self.new_variable(), self.index, current
        return mark, f"{copies}{lateral} {{ {optional(text, mark)} }} ", end

    def _assign(self, group: Group) -> str:
        """Consume a variable that is assigned and not matched."""
        variable = self.rename(self.consume())
        group.assignments.add(variable)
        self._add_variables(group, [variable])
        return variable

    def _mark_of(self, group: Group) -> str:
        if not group.mark:
            group.mark = self.new_variable()
            group.tail += f"BIND(true AS {group.mark}) "
        return group.mark

    def _add_variables(self, group: Group, terms: Iterable[str | Path]) -> None:
        group.variables |= {self.original_names.get(variable, variable) for variable in variables(terms)}


def variables(terms: Iterable[str | Path]) -> set[str]:
    """Those of some terms that are variables."""
    return {term for term in terms if isinstance(term, str) and term.startswith("?")}


def optional(content: str, mark: str) -> str:
    """A union of nothing and a group, and a mark that says which of them a solution is from."""
    return f"{{ {{ BIND(false AS {mark}) }} UNION {{ {content} BIND(true AS {mark}) }} }}"
