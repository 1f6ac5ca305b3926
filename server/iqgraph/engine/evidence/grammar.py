"""A parser for the triple patterns and paths of a query: it expands abbreviations and names blank nodes.

Expressions are not parsed; their brackets delimit them. Whether the text is a query at all, the engine decides, which
reads it first.
"""

from collections.abc import Callable, Iterable
from itertools import count
from typing import NamedTuple

from ...terms import RDF
from ..errors import PartNotExplained
from ..tokens import Token, brackets, tokens
from .paths import Path, TriplePattern, invert, translate

TYPE, FIRST, REST, NIL = (f"<{node.value}>" for node in (RDF.type, RDF.first, RDF.rest, RDF.nil))
AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_PATH_MODIFIERS = "?*+"
_SIGNS = ("+", "-", ".")


class Renaming(NamedTuple):
    """A scope whose variables get a suffix, since they are not those of the same name outside; `visible` ones are."""

    visible: frozenset[str]
    suffix: str


class Span(NamedTuple):
    """Consecutive tokens, by the index of the first and that behind the last."""

    start: int
    end: int


class Parser:
    """Goes through the tokens of a query; `index` is that of the current one."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.tokens = [token for token in tokens(text) if token.start >= start]
        self.tokens.append(Token("end", "", len(text)))
        self.index = 0
        self.own_prefix = next(f"w{number}_" for number in count() if f"w{number}_" not in text)
        self.numbers = count(1)
        self.renamings: list[Renaming] = []
        self.original_names: dict[str, str] = {}
        self._closing_brackets = dict(brackets(self.tokens))
        self._blank_nodes: dict[str, str] = {}

    @property
    def word(self) -> str:
        """The current token in capitals."""
        return self.tokens[self.index].text.upper()

    def word_at(self, index: int) -> str:
        """A token in capitals; empty behind the end."""
        return self.tokens[index].text.upper() if index < len(self.tokens) else ""

    def consume(self, *expected: str) -> str:
        """Consume the current token; PartNotExplained at the end, or if other ones are expected."""
        token = self.tokens[self.index]
        if token.type == "end" or (expected and token.text.upper() not in expected):
            raise PartNotExplained(self.source(max(0, self.index - 3), min(self.index + 3, len(self.tokens) - 1)))
        self.index += 1
        return token.text

    def accept(self, *words: str) -> bool:
        """Consume the current token if it is one of these; whether it was."""
        is_match = self.word in words
        self.index += is_match
        return is_match

    def is_exists(self, index: int) -> bool:
        """Whether EXISTS and a group start at a token."""
        return self.word_at(index) == "EXISTS" and self.word_at(index + 1) == "{"

    def is_not_exists(self, index: int) -> bool:
        """Whether NOT EXISTS and a group start at a token."""
        return self.word_at(index) == "NOT" and self.is_exists(index + 1)

    def has_aggregate(self, indexes: Iterable[int]) -> bool:
        """Whether an aggregate starts at one of these tokens."""
        return any(self.word_at(index) in AGGREGATES and self.word_at(index + 1) == "(" for index in indexes)

    def closing_bracket(self, index: int) -> int:
        """The index of the bracket that closes the one at a token; PartNotExplained if none does."""
        if index not in self._closing_brackets:
            raise PartNotExplained(self.source(index, index + 1))
        return self._closing_brackets[index]

    def source(self, start: int, end: int) -> str:
        """The text of a span of tokens as it stands in the query."""
        if start >= end:
            return ""
        last = self.tokens[end - 1]
        return self.text[self.tokens[start].start : last.start + len(last.text)]

    def render(self, index: int, end: int) -> str:
        """A token of a span that ends there and the white space behind it, with the current name of a variable."""
        token = self.tokens[index]
        space_start = token.start + len(token.text)
        space = self.text[space_start : self.tokens[index + 1].start] if index + 1 < end else ""
        return (self.rename(token.text) if token.type == "variable" else token.text) + space

    # Variables

    def new_variable(self) -> str:
        """A variable that occurs nowhere else."""
        return f"?{self.own_prefix}{next(self.numbers)}"

    def rename(self, variable: str) -> str:
        """The current name of a variable: another one where a scope hides the variable of that name outside."""
        variable = f"?{variable[1:]}"
        for renaming in reversed(self.renamings):
            if variable not in renaming.visible:
                name = f"?{self.own_prefix}{renaming.suffix}_{variable[1:]}"
                self.original_names[name] = variable
                return name
        return variable

    def select_clause(self) -> tuple[set[str], list[Span]]:
        """The variables of a SELECT clause, with `*` among them for all, and the spans of `expression AS ?variable`."""
        variables: set[str] = set()
        expressions = []
        while self.tokens[self.index].type == "variable" or self.word in ("*", "("):
            if self.word == "(":
                end = self.closing_bracket(self.index)
                expressions.append(Span(self.index + 1, end))
                self.index = end - 1
            variable = self.consume()
            variables.add("*" if variable == "*" else f"?{variable[1:]}")
            self.accept(")")
        return variables, expressions

    # Triple patterns, by the rules of https://www.w3.org/TR/sparql11-query/#rTriplesSameSubjectPath

    def triples_same_subject(self) -> list[TriplePattern]:
        """The triple patterns of one subject."""
        patterns: list[TriplePattern] = []
        needs_properties = self.word not in ("[", "(") or self.word_at(self.index + 1) in ("]", ")")
        subject = self._graph_node(patterns)
        if needs_properties or self.word not in (".", "}", ""):
            self._property_list(subject, patterns, "")
        return patterns

    def term(self) -> str:
        """The source text of a variable, an IRI or a literal; for a blank node the variable that stands for it."""
        start = self.index
        type_, text, _ = self.tokens[start]
        self.consume()
        if type_ == "variable":
            return self.rename(text)
        if type_ == "blank":
            if text not in self._blank_nodes:
                self._blank_nodes[text] = self.new_variable()
            return self._blank_nodes[text]
        if type_ == "string":
            if self.tokens[self.index].type == "language":
                self.index += 1
            elif self.accept("^"):
                self.consume("^")
                self.consume()
        elif text in _SIGNS:  # a number may begin with its point
            while self.tokens[self.index - 1].text in _SIGNS:
                self.consume()
        elif type_ not in ("iri", "name", "number") and text.upper() not in ("TRUE", "FALSE"):
            self.index -= 1
            self.consume("a term")
        return self.source(start, self.index)

    def _graph_node(self, patterns: list[TriplePattern]) -> str:
        if self.accept("["):
            node = self.new_variable()
            if not self.accept("]"):
                self._property_list(node, patterns, "]")
                self.consume("]")
            return node
        if self.accept("("):
            return self._collection(patterns)
        return self.term()

    def _collection(self, patterns: list[TriplePattern]) -> str:
        if self.accept(")"):
            return NIL
        head = node = self.new_variable()
        while True:
            patterns.append(TriplePattern(node, FIRST, self._graph_node(patterns)))
            if self.accept(")"):
                patterns.append(TriplePattern(node, REST, NIL))
                return head
            rest = self.new_variable()
            patterns.append(TriplePattern(node, REST, rest))
            node = rest

    def _property_list(self, subject: str, patterns: list[TriplePattern], end: str) -> None:
        while True:
            predicate = self.rename(self.consume()) if self.tokens[self.index].type == "variable" else self._path()
            patterns.extend(translate(subject, predicate, self._graph_node(patterns), self.new_variable))
            while self.accept(","):
                patterns.extend(translate(subject, predicate, self._graph_node(patterns), self.new_variable))
            if not self.accept(";"):
                return
            while self.accept(";"):
                pass
            if self.word in (end, ".", "}"):
                return

    def _path(self) -> Path:
        return self._path_list("|", "alternative", lambda: self._path_list("/", "sequence", self._path_element))

    def _path_list(self, separator: str, operator: str, parse_part: Callable[[], Path]) -> Path:
        start, parts = self.index, [parse_part()]
        while self.accept(separator):
            parts.append(parse_part())
        return parts[0] if len(parts) == 1 else Path(operator, self.source(start, self.index), tuple(parts))

    def _path_element(self) -> Path:
        start, path = self.index, self._path_primary()
        if self.tokens[self.index].type == "mark" and self.word in _PATH_MODIFIERS:
            modifier = self.consume()
            path = Path(modifier, self.source(start, self.index), (path,))
        return path

    def _path_primary(self) -> Path:
        """A path without a modifier; `^a*` may be read as `(^a)*`, which leads to the same nodes."""
        start = self.index
        if self.accept("("):
            path = self._path()
            self.consume(")")
            return path if path.operator == "link" else path._replace(text=self.source(start, self.index))
        if self.accept("!"):
            path = self._path_primary()
            parts = path.parts if path.operator == "alternative" else (path,)
            return Path("negated", self.source(start, self.index), parts)
        if self.accept("^"):
            return invert(self._path_primary())
        if self.accept("A"):
            return Path("link", TYPE)
        if self.tokens[self.index].type not in ("iri", "name"):
            self.consume("a path")
        return Path("link", self.consume())
