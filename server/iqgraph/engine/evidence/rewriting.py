"""A query rewritten so that each of its solutions names the graphs that it comes from.

Each triple pattern of the default graph gets a GRAPH of its own; paths stay, and are evaluated afterwards (`paths`).
What need not match, OPTIONAL and EXISTS, becomes a union of both cases, with a mark that says which of them it was.
What must not match, MINUS and NOT EXISTS, is left out. So the solutions are those of the query and some more; the query
itself tests each of them (`witnesses`). A subquery becomes a group whose hidden variables are renamed, so that all
variables are visible outside.
"""

from typing import NamedTuple

from ..errors import PartNotExplained
from .expressions import Expressions, Group, MarkedPattern, optional, variables
from .grammar import Renaming, Span
from .paths import Path, TriplePattern

_UNSUPPORTED = ("SERVICE", "LATERAL")
# These return another term each time, so nobody can ask for the same row again.
_NONDETERMINISTIC = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")
_UNSUPPORTED_IN_SUBQUERIES = ("GROUP", "HAVING", "LIMIT", "OFFSET")


class Use(NamedTuple):
    """A triple pattern or a path in the query: the variable of its graph, and the mark of the group where it stands.

    A path of the default graph has no graph; a solution without the mark did not use the group.
    """

    pattern: TriplePattern
    graph: str
    mark: str


class Rewriting(Expressions):
    """Rewrites groups; collects the uses of triple patterns, the graphs of GRAPH, and what need not match."""

    def __init__(self, text: str, start: int = 0) -> None:
        super().__init__(text, start)
        self.uses: list[Use] = []
        self.graphs: list[str] = []
        self.optionals: list[MarkedPattern] = []
        self._graph_terms: dict[str, str] = {}
        for index, token in enumerate(self.tokens):
            word = token.text.upper() if token.type == "word" else ""
            if word in _UNSUPPORTED or (word in _NONDETERMINISTIC and self.word_at(index + 1) == "("):
                raise PartNotExplained(word)

    def group(self, graph: str = "") -> Group:
        """Read the group that starts here; within GRAPH, `graph` is the variable of that."""
        if self.word_at(self.index + 1) == "SELECT":
            return self._subquery(graph)
        group = Group(graph)
        self.consume("{")
        while not self.accept("}"):
            self._element(group)
        return group

    def add_select_expressions(self, group: Group, expressions: list[Span]) -> None:
        """Add the expressions of a SELECT clause to its group."""
        group.close(f"{{ {self.render_group(group)} }} ")
        current = self.index
        for start, end in expressions:
            if self.has_aggregate(range(start, end)):
                raise PartNotExplained(f"SELECT ({self.source(start, end)})")
            self._bind(group, start, end)
        self.index = current

    def add_values(self, group: Group) -> None:
        """Read VALUES."""
        start = self.index
        while self.word != "{":
            if self.tokens[self.index].type == "variable":
                self._assign(group)
            else:
                self.consume()
        end = self.index = self.closing_bracket(self.index) + 1
        group.body += "".join(self.render(index, end) for index in range(start, end)) + " "

    def _element(self, group: Group) -> None:
        match self.word if self.tokens[self.index].type in ("word", "mark") else "":
            case ".":
                self.consume()
            case "{":
                self._union(group)
            case "OPTIONAL":
                self._optional(group)
            case "MINUS":
                self._negation(group, self.index + 1)
            case "GRAPH":
                self._graph(group)
            case "FILTER":
                self._filter(group)
            case "BIND":
                self.consume()
                self._bind(group, self.index + 1, self.closing_bracket(self.index))
            case "VALUES":
                self.add_values(group)
            case _:
                self._triple_patterns(group)

    def _bind(self, group: Group, start: int, end: int) -> None:
        """Rewrite the span of `expression AS ?variable`, and go on behind the bracket at its end."""
        groups, text = self._rewrite_expression(group, group.variables, start, end - 2)
        self.index = end - 1
        group.body += f"{groups}BIND({text} AS {self._assign(group)}) "
        self.consume(")")

    def _triple_patterns(self, group: Group) -> None:
        for pattern in self.triples_same_subject():
            self._add_variables(group, pattern)
            text = " ".join(term.text if isinstance(term, Path) else term for term in pattern)
            group.bound_variables |= variables(pattern)
            is_path = isinstance(pattern.predicate, Path)
            graph = group.graph or ("" if is_path else self.new_variable())
            if not self._negation_depth:
                self.uses.append(Use(pattern, graph, self._mark_of(group)))
            group.body += f"{text} . " if group.graph or is_path else f"GRAPH {graph} {{ {text} }} "

    def _union(self, group: Group) -> None:
        branches = [self._branch(group)]
        while self.accept("UNION"):
            group.body += "UNION "
            branches.append(self._branch(group))
        group.bound_variables |= set.intersection(*(branch.bound_variables for branch in branches))

    def _branch(self, group: Group) -> Group:
        branch = self.group(group.graph)
        group.body += f"{{ {self.render_group(branch)} }} "
        group.include(branch)
        return branch

    def _optional(self, group: Group) -> None:
        start = self.index
        self.consume()
        part = self._part(group)
        # With LATERAL a part is evaluated for each solution, not once for all, where both give the same.
        is_match_only = not part.assignments and "FILTER" not in part.body
        lateral = "LATERAL" if is_match_only and part.variables & group.variables <= group.bound_variables else ""
        group.include(part)
        mark = self.new_variable()
        filters = self._render_filters(part, group.variables, f"!{mark} || ")
        group.body = f"{{ {group.body} {lateral} {optional(f'{part.body} {part.tail}', mark)} {filters} }} "
        if not self._negation_depth:
            self.optionals.append(MarkedPattern(mark, self.source(start, self.index)))

    def _graph(self, group: Group) -> None:
        self.consume()
        term, graph = self.term(), self.new_variable()
        self._add_variables(group, [term])
        self._graph_terms[graph] = self.original_names.get(term, term)
        inner = self.group(graph)
        group.include(inner)
        group.bound_variables |= inner.bound_variables | variables([term])
        group.body += f"GRAPH {term} {{ {self.render_group(inner)} }} "
        group.tail += f"BIND({term} AS {graph}) "
        if not self._negation_depth:
            self.graphs.append(graph)

    def _filter(self, group: Group) -> None:
        self.consume()
        start = self.index
        while self.word not in ("(", "{"):
            self.consume()
        filter_end = self.index = self.closing_bracket(self.index) + 1
        end = filter_end
        while self.word_at(start) == "(" and self.closing_bracket(start) == end - 1:
            start, end = start + 1, end - 1
        if self.is_not_exists(start) and self.closing_bracket(start + 2) == end - 1:
            self.index = start
            self._negation(group, start + 2)
            self.index = filter_end
        else:
            group.filters.append(Span(start, end))

    def _negation(self, group: Group, part_start: int) -> None:
        """Read MINUS or NOT EXISTS, whose group starts at a token, and leave it out."""
        start, self.index = self.index, part_start
        self._negation_depth += 1
        self.render_group(self._part(group))
        self._negation_depth -= 1
        if not self._negation_depth:
            self.negations.append(MarkedPattern(self._mark_of(group), self.source(start, self.index)))

    def _subquery(self, graph: str) -> Group:
        """Read a subquery as a group; the variables that it hides are renamed."""
        end = self.closing_bracket(self.index)
        self.consume("{")
        self.consume("SELECT")
        self.accept("DISTINCT", "REDUCED")
        outer_renamings = len(self.renamings)
        visible, expressions = self.select_clause()
        if "*" not in visible:
            self.renamings.append(Renaming(frozenset(visible), str(next(self.numbers))))
        self.accept("WHERE")
        # The engine matches a subquery in any graph if it does not select the variable of the GRAPH around it.
        is_any_graph = self._graph_terms.get(graph, "").startswith("?") and self._graph_terms[graph] not in visible
        inner_graph = self.new_variable() if is_any_graph else graph
        group = self.group(inner_graph)
        words = map(self.word_at, range(self.index, end))
        if clause := next((word for word in words if word in _UNSUPPORTED_IN_SUBQUERIES), ""):
            raise PartNotExplained(f"SELECT … {clause}")
        self.add_select_expressions(group, expressions)
        if is_any_graph:
            self.graphs.append(inner_graph)
            group.body = f"GRAPH {inner_graph} {{ {group.body} }} "
        while self.index < end and self.word != "VALUES":
            self.index += 1
        if self.index < end:
            self.add_values(group)
        self.consume("}")
        del self.renamings[outer_renamings:]
        if "*" not in visible:
            group.variables &= visible
            group.bound_variables &= visible
        return group
