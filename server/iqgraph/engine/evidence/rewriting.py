"""A query rewritten so that each of its solutions names the graphs that it comes from.

Each triple pattern of the default graph gets a graph of its own; paths stay, and are followed afterwards (`paths`).
What may find nothing, OPTIONAL and EXISTS, becomes a choice between both, with a mark that says which it was.
What has to find nothing is left out: MINUS and NOT EXISTS. So the solutions are those of the query and some more, each
of which is put to the test by the query itself (`witnesses`). A subquery becomes a group whose variables have names of
their own, so that all variables are seen outside.
"""

import re
from typing import NamedTuple

from ..errors import PartNotExplained
from .expressions import Expressions, Frame, MarkedPattern, choice
from .grammar import Renaming
from .paths import Path, Statement

AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_BEYOND = ("SERVICE", "LATERAL")
# What these give is another term each time, so nobody can ask for the same row again.
_UNREPEATABLE = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")
_BOUNDED = ("GROUP", "HAVING", "LIMIT", "OFFSET")
_VALUES = re.compile("\0v([^\0]+)\0")  # see `_slot`


class Use(NamedTuple):
    """A triple pattern or a path: the variable of its graph, and the mark of the group where it stands.

    A path of the default graph has no graph; a solution without the mark did not use the group.
    """

    statement: Statement
    graph: str
    mark: str


class Rewriting(Expressions):
    """What is found in the groups of a query, and the groups rewritten."""

    def __init__(self, text: str, start: int = 0) -> None:
        super().__init__(text, start)
        self.uses: list[Use] = []
        self.graphs: list[str] = []
        self.optional: list[MarkedPattern] = []
        self._named: dict[str, str] = {}
        for place, token in enumerate(self.tokens):
            word = token.text.upper() if token.kind == "word" else ""
            if word in _BEYOND or (word in _UNREPEATABLE and self.word_at(place + 1) == "("):
                raise PartNotExplained(word)

    def group(self, context: str = "") -> Frame:
        """The group that starts here; if it is within GRAPH, the variable of that graph is the context."""
        if self.word_at(self.at + 1) == "SELECT":
            return self._subquery(context)
        frame = Frame(context)
        self.take("{")
        while not self.passes("}"):
            self._element(frame)
        return frame

    def compute(self, frame: Frame, computed: list[tuple[int, int]]) -> None:
        """Add the expressions of a SELECT clause to its group."""
        frame.body, frame.ends, frame.filters, behind = f"{{ {self.content(frame)} }} ", "", [], self.at
        for start, end in computed:
            if any(self.calls(one, AGGREGATES) for one in range(start, end)):
                raise PartNotExplained(f"SELECT ({self.slice(start, end)})")
            self._bind(frame, start, end)
        self.at = behind

    def values(self, frame: Frame) -> None:
        """Take over the rows of VALUES that stand here."""
        start = self.at
        while self.word != "{":
            if self.tokens[self.at].kind == "variable":
                self._assigned(frame)
            else:
                self.take()
        self.at = self.closing(self.at) + 1
        frame.body += f"{self.copied(start, self.at)} "

    def _element(self, frame: Frame) -> None:
        match self.word if self.tokens[self.at].kind in ("word", "mark") else "":
            case ".":
                self.take()
            case "{":
                self._union(frame)
            case "OPTIONAL":
                self._optional(frame)
            case "MINUS":
                self._negation(frame, self.at + 1)
            case "GRAPH":
                self._graph(frame)
            case "FILTER":
                self._constraint(frame)
            case "BIND":
                self.take()
                self._bind(frame, self.at + 1, self.closing(self.at))
            case "VALUES":
                self.values(frame)
            case _:
                self._triples(frame)

    def _bind(self, frame: Frame, start: int, end: int) -> None:
        """Give a variable the value of an expression, and go on behind the bracket at the end."""
        before, text = self._expression(frame, frame.seen, start, end - 2)
        self.at = end - 1
        frame.body += f"{before}BIND({text} AS {self._assigned(frame)}) "
        self.take(")")

    def _triples(self, frame: Frame) -> None:
        for statement in self.statements():
            self._see(frame, *statement)
            text = " ".join(self._slot(frame, place, term) for place, term in zip("sgo", statement, strict=True))
            is_path = isinstance(statement.verb, Path)
            graph = frame.context or ("" if is_path else self.new())
            if not self._negations:
                self.uses.append(Use(statement, graph, self._marked(frame)))
            frame.body += f"{text} . " if frame.context or is_path else f"GRAPH {graph} {{ {text} }} "

    def _union(self, frame: Frame) -> None:
        while True:
            inner = self.group(frame.context)
            frame.body += f"{{ {self.content(inner)} }} "
            frame.seen |= inner.seen
            if not self.passes("UNION"):
                return
            frame.body += "UNION "

    def _optional(self, frame: Frame) -> None:
        start = self.at
        self.take()
        outer, self.assigned = self.assigned, set()
        inner = self._part(frame)
        lateral = "" if self.assigned else self._lateral(frame, inner)
        self.assigned |= outer
        frame.seen |= inner.seen
        mark = self.new()
        filters = self._filters(inner, frame.seen, f"!{mark} || ")
        frame.body = f"{{ {frame.body} {lateral} {choice(f'{inner.body} {inner.ends}', mark)} {filters} }} "
        if not self._negations:
            self.optional.append(MarkedPattern(mark, self.slice(start, self.at)))

    def _lateral(self, frame: Frame, inner: Frame) -> str:
        """The word by which a part is computed for each solution, not once for all; the same, where it only matches."""
        values = {f"?{name}" for name in _VALUES.findall(inner.body)}
        if "FILTER" in inner.body or not values & frame.seen <= frame.matched:
            return ""
        # What has a value outside cannot get another one in it.
        inner.body = _VALUES.sub(lambda found: "" if f"?{found[1]}" in frame.matched else found[0], inner.body)
        return "LATERAL"

    def _graph(self, frame: Frame) -> None:
        self.take()
        graph, context = self.term(), self.new()
        self._see(frame, graph)
        self._named[context] = self.written.get(graph, graph)
        slot = self._slot(frame, "g", graph)
        inner = self.group(context)
        frame.seen |= inner.seen
        frame.body += f"GRAPH {slot} {{ {self.content(inner)} }} "
        frame.ends += f"BIND({graph} AS {context}) "
        if not self._negations:
            self.graphs.append(context)

    def _constraint(self, frame: Frame) -> None:
        self.take()
        start = self.at
        while self.word not in ("(", "{"):
            self.take()
        behind = self.at = self.closing(self.at) + 1
        end = behind
        while self.word_at(start) == "(" and self.closing(start) == end - 1:
            start, end = start + 1, end - 1
        if self.denies(start) and self.closing(start + 2) == end - 1:
            self.at = start
            self._negation(frame, start + 2)
            self.at = behind
        else:
            frame.filters.append((start, end))

    def _negation(self, frame: Frame, group: int) -> None:
        """Leave out what has to find nothing; it starts here, and its group at a place."""
        start, self.at = self.at, group
        self._negations += 1
        self.content(self._part(frame))
        self._negations -= 1
        if not self._negations:
            self.negative.append(MarkedPattern(self._marked(frame), self.slice(start, self.at)))

    def _subquery(self, context: str) -> Frame:
        """A subquery as a group; what it hides gets names that nobody else uses."""
        end = self.closing(self.at)
        self.take("{")
        self.take("SELECT")
        self.passes("DISTINCT", "REDUCED")
        outer = len(self.renamings)
        visible, computed = self.selection()
        if "*" not in visible:
            self.renamings.append(Renaming(frozenset(visible), str(next(self.numbers))))
        self.passes("WHERE")
        # The engine lets a subquery find a graph of its own if it does not hand on the variable of the graph.
        is_free = self._named.get(context, "").startswith("?") and self._named[context] not in visible
        inner = self.new() if is_free else context
        frame = self.group(inner)
        if found := next((word for word in map(self.word_at, range(self.at, end)) if word in _BOUNDED), ""):
            raise PartNotExplained(f"SELECT … {found}")
        self.compute(frame, computed)
        if is_free:
            self.graphs.append(inner)
            frame.body = f"GRAPH {inner} {{ {frame.body} }} "
        while self.at < end and self.word != "VALUES":
            self.at += 1
        if self.at < end:
            self.values(frame)
        self.take("}")
        del self.renamings[outer:]
        frame.seen &= frame.seen if "*" in visible else visible
        return frame

    def _slot(self, frame: Frame, place: str, term: str | Path) -> str:
        """The place of a term; for a variable, a term of a row may stand there, which is its value from here on."""
        if isinstance(term, Path):
            return term.text
        if not term.startswith("?") or self.is_own(term):
            return term
        if term not in frame.matched:
            frame.matched.add(term)
            frame.body += f"\0v{term[1:]}\0"
        return f"\0{place}{term[1:]}\0"
