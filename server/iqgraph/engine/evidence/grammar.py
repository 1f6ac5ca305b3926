"""The grammar of a query as far as triples and paths: what is written short is written out, blank nodes get names.

Expressions are not taken apart; they are known by their brackets. Whether the text is a query at all is for the engine
to say, which reads it before this does.
"""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from ...terms import RDF
from ..errors import PartNotExplained
from ..tokens import Token, brackets, tokens
from .paths import Path, Statement, written_out

TYPE, FIRST, REST, NIL = (f"<{node.value}>" for node in (RDF.type, RDF.first, RDF.rest, RDF.nil))
_MODIFIERS = "?*+"
_SIGNS = ("+", "-", ".")


class Renaming(NamedTuple):
    """Names inside brackets that are not those outside, unless they are visible there."""

    visible: frozenset[str]
    suffix: str


class Reader:
    """Goes through the tokens of a query."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.tokens = [token for token in tokens(text) if token.start >= start]
        self.tokens.append(Token("end", "", len(text)))
        self.at = 0
        self.own = next(f"w{number}_" for number in count() if f"w{number}_" not in text)
        self.numbers = count(1)
        self.renamings: list[Renaming] = []
        self._partners = dict(brackets(self.tokens))
        self.labels: dict[str, str] = {}
        self.written: dict[str, str] = {}

    @property
    def word(self) -> str:
        """The token here, in capitals."""
        return self.tokens[self.at].text.upper()

    def word_at(self, place: int) -> str:
        """The token at a place, in capitals; nothing behind the end."""
        return self.tokens[place].text.upper() if place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The token here, which has to be one of these, if any are named; go on behind it."""
        token = self.tokens[self.at]
        if token.kind == "end" or (wanted and token.text.upper() not in wanted):
            raise PartNotExplained(self.slice(max(0, self.at - 3), min(self.at + 3, len(self.tokens) - 1)))
        self.at += 1
        return token.text

    def passes(self, *words: str) -> bool:
        """Whether the token here is one of these; then go on behind it."""
        found = self.word in words
        self.at += found
        return found

    def denies(self, place: int) -> bool:
        """Whether NOT EXISTS is at a place."""
        return self.word_at(place) == "NOT" and self.affirms(place + 1)

    def affirms(self, place: int) -> bool:
        """Whether EXISTS and a group are at a place."""
        return self.word_at(place) == "EXISTS" and self.word_at(place + 1) == "{"

    def calls(self, place: int, functions: tuple[str, ...]) -> bool:
        """Whether one of these functions is called at a place."""
        return self.word_at(place) in functions and self.word_at(place + 1) == "("

    def closing(self, opening: int) -> int:
        """The place of the bracket that closes the one at a place."""
        if opening not in self._partners:
            raise PartNotExplained(self.slice(opening, opening + 1))
        return self._partners[opening]

    def slice(self, start: int, end: int) -> str:
        """The text from one token to another, without that one, as it is written."""
        if start >= end:
            return ""
        last = self.tokens[end - 1]
        return self.text[self.tokens[start].start : last.start + len(last.text)]

    def copied(self, start: int, end: int) -> str:
        """The same with the names that hold here for its variables."""
        return "".join(self.piece(place, end) for place in range(start, end))

    def piece(self, place: int, end: int) -> str:
        """One token of a copy, with the space that follows it."""
        token = self.tokens[place]
        after = token.start + len(token.text)
        gap = self.text[after : self.tokens[place + 1].start] if place + 1 < end else ""
        return (self.name(token.text) if token.kind == "variable" else token.text) + gap

    def new(self) -> str:
        """A variable that nobody else uses."""
        return f"?{self.own}{next(self.numbers)}"

    def name(self, variable: str) -> str:
        """What a variable is called here: another name where it is not the variable of that name outside."""
        variable = f"?{variable[1:]}"
        for one in reversed(self.renamings):
            if variable not in one.visible:
                name = f"?{self.own}{one.suffix}_{variable[1:]}"
                self.written[name] = variable
                return name
        return variable

    def is_own(self, variable: str) -> bool:
        """Whether a variable is none of the query's outermost group."""
        return variable.startswith(f"?{self.own}")

    def selection(self) -> tuple[set[str], list[tuple[int, int]]]:
        """The variables of a SELECT clause, and the places of its expressions; `*` stands for all variables."""
        visible: set[str] = set()
        computed = []
        while self.tokens[self.at].kind == "variable" or self.word in ("*", "("):
            if self.word == "(":
                end = self.closing(self.at)
                computed.append((self.at + 1, end))
                self.at = end - 1
            variable = self.take()
            visible.add("*" if variable == "*" else f"?{variable[1:]}")
            self.passes(")")
        return visible, computed

    def statements(self) -> list[Statement]:
        """The triple patterns of one subject."""
        found: list[Statement] = []
        is_bare = self.word not in ("[", "(") or self.word_at(self.at + 1) in ("]", ")")
        subject = self._node(found)
        if is_bare or self.word not in (".", "}", ""):
            self._properties(subject, found, "")
        return found

    def term(self) -> str:
        """A variable, an IRI or a literal, as it is written; a blank node as the variable that it is in a pattern."""
        start = self.at
        kind, text, _ = self.tokens[start]
        self.take()
        if kind == "variable":
            return self.name(text)
        if kind == "blank":
            if text not in self.labels:
                self.labels[text] = self.new()
            return self.labels[text]
        if kind == "string":
            if self.tokens[self.at].kind == "language":
                self.at += 1
            elif self.passes("^"):
                self.take("^")
                self.take()
        elif text in _SIGNS:  # a number may begin with its point
            while self.tokens[self.at - 1].text in _SIGNS:
                self.take()
        elif kind not in ("iri", "name", "number") and text.upper() not in ("TRUE", "FALSE"):
            self.at -= 1
            self.take("a term")
        return self.slice(start, self.at)

    def _node(self, found: list[Statement]) -> str:
        if self.passes("["):
            node = self.new()
            if not self.passes("]"):
                self._properties(node, found, "]")
                self.take("]")
            return node
        if self.passes("("):
            return self._collection(found)
        return self.term()

    def _collection(self, found: list[Statement]) -> str:
        if self.passes(")"):
            return NIL
        first = here = self.new()
        while True:
            found.append(Statement(here, FIRST, self._node(found)))
            if self.passes(")"):
                found.append(Statement(here, REST, NIL))
                return first
            rest = self.new()
            found.append(Statement(here, REST, rest))
            here = rest

    def _properties(self, subject: str, found: list[Statement], end: str) -> None:
        while True:
            verb = self.name(self.take()) if self.tokens[self.at].kind == "variable" else self._alternatives()
            found.extend(written_out(subject, verb, self._node(found), self.new))
            while self.passes(","):
                found.extend(written_out(subject, verb, self._node(found), self.new))
            if not self.passes(";"):
                return
            while self.passes(";"):
                pass
            if self.word in (end, ".", "}"):
                return

    def _alternatives(self) -> Path:
        return self._joined("|", "or", lambda: self._joined("/", "then", self._step))

    def _joined(self, mark: str, kind: str, part: Callable[[], Path]) -> Path:
        start, parts = self.at, [part()]
        while self.passes(mark):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Path(kind, self.slice(start, self.at), tuple(parts))

    def _step(self) -> Path:
        start, found = self.at, self._primary()
        if self.tokens[self.at].kind == "mark" and self.word in _MODIFIERS:
            modifier = self.take()
            found = Path(modifier, self.slice(start, self.at), (found,))
        return found

    def _primary(self) -> Path:
        """A path without a modifier; `^a*` may be read as `(^a)*`, which leads to the same nodes."""
        start = self.at
        if self.passes("("):
            path = self._alternatives()
            self.take(")")
            return path._replace(text=self.slice(start, self.at))
        if self.passes("!"):
            path = self._primary()
            parts = path.parts if path.kind == "or" else (path,)
            return Path("not", self.slice(start, self.at), parts)
        if self.passes("^"):
            part = self._primary()
            return Path("inverse", self.slice(start, self.at), (part,))
        if self.passes("A"):
            return Path("link", TYPE)
        if self.tokens[self.at].kind not in ("iri", "name"):
            self.take("a path")
        return Path("link", self.take())
