"""The expressions of a query: an EXISTS in one becomes a mark, and a group before the expression sets that.

What a group holds is known while it is read: its variables, its filters, and the mark that a solution uses it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import NamedTuple

from .grammar import Reader, Renaming
from .paths import Path


class MarkedPattern(NamedTuple):
    """A part of the query as it is written, and its mark: for OPTIONAL whether it was found."""

    mark: str
    text: str


@dataclass
class Frame:
    """The content of a group while it is read, and its variables by the names that the query gives them.

    Terms of a row stand for the variables that were `matched` so far. The `ends` follow the last element.
    """

    context: str = ""
    body: str = ""
    ends: str = ""
    mark: str = ""
    filters: list[tuple[int, int]] = field(default_factory=list)
    matched: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


class Expressions(Reader, ABC):
    """What is found in the expressions of a query, and the expressions rewritten."""

    def __init__(self, text: str, start: int = 0) -> None:
        super().__init__(text, start)
        self.negative: list[MarkedPattern] = []
        self.assigned: set[str] = set()
        self.is_nested = False
        self._within = self._negations = 0

    @abstractmethod
    def group(self, context: str = "") -> Frame:
        """The group that starts here; if it is within GRAPH, the variable of that graph is the context."""

    def content(self, frame: Frame) -> str:
        """What stands in the brackets of a group."""
        filters = self._filters(frame, frame.seen)
        return f"{frame.body} {frame.ends} {filters}"

    def _part(self, frame: Frame) -> Frame:
        """A group that may find nothing; it is known if another has such a group within."""
        self.is_nested |= bool(self._within)
        self._within += 1
        inner = self.group(frame.context)
        self._within -= 1
        return inner

    def _filters(self, frame: Frame, seen: set[str], unless: str = "") -> str:
        found = (self._expression(frame, seen, *one) for one in frame.filters)
        return "".join(f"{before}FILTER({unless}({text})) " for before, text in found)

    def _expression(self, frame: Frame, seen: set[str], start: int, end: int) -> tuple[str, str]:
        """An expression between two places, with a mark in the place of each EXISTS; and the groups that set them."""
        before, text, place = "", "", start
        while place < end:
            is_denied = self.denies(place)
            if not is_denied and not self.affirms(place):
                text += self.piece(place, end)
                place += 1
                continue
            mark, group, behind = self._exists(frame, seen, place + 1 + is_denied)
            if is_denied and not self._negations:
                self.negative.append(MarkedPattern(self._marked(frame), self.slice(place, behind)))
            before, text, place = before + group, f"{text} ({'!' * is_denied}{mark}) ", behind
        return before, text

    def _exists(self, frame: Frame, seen: set[str], group: int) -> tuple[str, str, int]:
        """The mark of an EXISTS, the group that sets it, and the place behind it.

        All its variables get other names, to which those that are seen hand their values; so none gets one from there.
        """
        behind, self.at = self.at, group
        outer, self.assigned = self.assigned, set()
        self.renamings.append(Renaming(frozenset(), str(next(self.numbers))))
        text = self.content(self._part(frame))
        inner = {name: self.name(name) for name in seen}
        self.renamings.pop()
        copies = "".join(f"BIND({self.name(name)} AS {inner[name]}) " for name in sorted(seen) if inner[name] in text)
        # With LATERAL the group is computed for each solution, not once for all before the join. What has a value
        # outside cannot get another one in it (https://github.com/w3c-cg/sparql-dev/blob/main/SEP/SEP-0006/sep-0006.md).
        lateral = "LATERAL" if self.assigned.isdisjoint(inner.values()) else ""
        mark, end, self.assigned, self.at = self.new(), self.at, outer, behind
        return mark, f"{copies}{lateral} {{ {choice(text, mark)} }} ", end

    def _assigned(self, frame: Frame) -> str:
        """The variable here, which gets a value otherwise than by a triple pattern."""
        variable = self.name(self.take())
        self.assigned.add(variable)
        self._see(frame, variable)
        return variable

    def _marked(self, frame: Frame) -> str:
        """The mark that a solution uses a group."""
        if not frame.mark:
            frame.mark = self.new()
            frame.ends += f"BIND(true AS {frame.mark}) "
        return frame.mark

    def _see(self, frame: Frame, *terms: str | Path) -> None:
        frame.seen |= {self.written.get(one, one) for one in terms if isinstance(one, str) and one.startswith("?")}


def choice(content: str, mark: str) -> str:
    """Either nothing or the content, and a mark that says which."""
    return f"{{ {{ BIND(false AS {mark}) }} UNION {{ {content} BIND(true AS {mark}) }} }}"
