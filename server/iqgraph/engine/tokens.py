"""The words of a query, in the likeliest of its readings.

The engine's parser accepts keywords without a space after them and reads `<` as an operator or as the start of an
IRI, whichever fits; a single pass over the text cannot always tell. Where safety depends on it, ask the parser itself.

Each function takes time in proportion to the length of the text. So no pattern here gives back what it has taken, and
what was looked for in vain is not looked for again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

# `*+` and `++` give back nothing of what they took (https://docs.python.org/3/library/re.html#regular-expression-syntax).
# https://www.w3.org/TR/sparql11-query/#sparqlGrammar, the terminals ECHAR, PN_CHARS_BASE, IRIREF and others
_ESCAPE = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_BASE = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
_BASE += "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_CHAR = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
SPACE = r"(?:\s++|\#[^\r\n]*+)*+"
IRI = r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"""
STEM = rf"[{_BASE}](?:\.*+[{_CHAR}]++)*+"
_LOCAL = rf"""(?:[{_CHAR}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"""
NAME = rf"(?:{STEM})?+:(?:{_LOCAL}(?:\.*+{_LOCAL})*+)?+"
VARIABLE = f"[?$][{_CHAR}]++"

_TOKEN = re.compile(
    rf"""
    (?P<space> (?: \s++ | \#[^\r\n]*+ )++ )
  | (?P<quotes> \"{{3}} | '{{3}} | \" | ' )
  | (?P<iri> {IRI} )
  | (?P<variable> {VARIABLE} )
  | (?P<language> @[A-Za-z]++(?:-[A-Za-z0-9-]++)*+ )
  | (?P<blank> _:(?:[{_CHAR}](?:\.*+[{_CHAR}])*+)?+ )
  | (?P<name> {NAME} )
  | (?P<number> [0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)? )
  | (?P<word> {STEM} )
  | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_WITHIN = {
    quotes: re.compile(pattern)
    for mark in "\"'"
    for quotes, pattern in (
        (mark, rf"(?:[^{mark}\\\r\n]++|{_ESCAPE})*+"),
        (mark * 3, rf"(?:{mark}{{0,2}}+(?:[^{mark}\\]++|{_ESCAPE}))*+"),
    )
}
_ESCAPED = re.compile(r"\\(.)")
_OPERANDS = {"string", "iri", "variable", "language", "blank", "name", "number"}
_CONSTANTS = {"TRUE", "FALSE"}
_NO_CALLS = {"A", "UNDEF", *_CONSTANTS}
_LISTS = {"SELECT", "BY", "HAVING"}
_OPENING, _CLOSING = "({[", ")}]"


class Token(NamedTuple):
    """A lexical unit and where it starts."""

    kind: str
    text: str
    start: int


class Scanner:
    """Finds where tokens end, from wherever they start.

    A string that does not close is remembered: all its own marks of quotation behind the first are escaped, so a
    string that started at one of them would break off at the same place.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.unclosed = dict.fromkeys(_WITHIN, (0, 0))

    def token(self, start: int) -> tuple[str, int]:
        """The kind of the token that starts at a place, and where it ends; behind the text there is none."""
        found = _TOKEN.match(self.text, start)
        if found is None:
            raise IndexError("the text has no token behind its end")
        kind = found.lastgroup or "mark"
        return self._string(start, found[0]) if kind == "quotes" else (kind, found.end())

    def _string(self, start: int, quotes: str) -> tuple[str, int]:
        for mark in dict.fromkeys((quotes, quotes[0])):
            first, last = self.unclosed[mark]
            if first <= start < last:
                continue
            found = _WITHIN[mark].match(self.text, start + len(mark))
            end = found.end() if found else start
            if self.text.startswith(mark, end):
                return "string", end + len(mark)
            self.unclosed[mark] = start, end
        return "mark", start + 1


class LexicalState:
    """What stands before a place, as far as it decides whether `<` compares there or may open an IRI.

    It compares what follows an operand within the parentheses of an expression: of FILTER, BIND, HAVING and functions,
    and of what SELECT, GROUP BY and ORDER BY list. Elsewhere parentheses hold paths, collections and rows of VALUES.
    """

    def __init__(self) -> None:
        self.open: list[bool] = []
        self.before = self.earlier = Token("", "", 0)
        self.lists = self.calls = False

    @property
    def is_expression(self) -> bool:
        """Whether the innermost bracket that is open holds an expression."""
        return bool(self.open) and self.open[-1]

    def compares(self) -> bool:
        """Whether a `<` that comes now is an operator."""
        kind, text, _ = self.before
        return self.is_expression and (kind in _OPERANDS or text == ")" or text.upper() in _CONSTANTS)

    def take(self, token: Token) -> None:
        """Go on behind a token."""
        if token.kind == "word":
            word = token.text.upper()
            self.lists |= word in _LISTS and not self.is_expression
            self.calls = word not in _NO_CALLS
        elif token.kind not in ("name", "iri"):
            if token.kind == "mark":
                self._step(token.text)
            self.calls = False
        self.earlier, self.before = self.before, token

    def _step(self, mark: str) -> None:
        if mark == "(":
            is_triple = self.earlier.text == self.before.text == "<"  # <<( of SPARQL 1.2
            self.open.append(not is_triple and (self.is_expression or self.lists or self.calls))
        elif mark in "{[":
            self.open.append(False)
        elif mark in ")]}" and self.open:
            self.open.pop()
        if mark in "{}":
            self.lists = False


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query in their likeliest reading, without white space and comments."""
    scanner, state, start = Scanner(text), LexicalState(), 0
    while start < len(text):
        kind, end = ("mark", start + 1) if text[start] == "<" and state.compares() else scanner.token(start)
        if kind != "space":
            token = Token(kind, text[start:end], start)
            state.take(token)
            yield token
        start = end


def brackets(words: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """The places of brackets that open and of those that close them, inner ones first."""
    opened: list[int] = []
    for place, word in enumerate(words):
        if word.kind == "mark" and word.text in _OPENING:
            opened.append(place)
        elif word.kind == "mark" and word.text in _CLOSING and opened:
            yield opened.pop(), place


def prefix_declarations(prologue: str) -> dict[str, str]:
    """The prefixes that a prologue declares, each with the IRI that it stands for as it is written."""
    words = list(tokens(prologue))
    return {
        name.text[:-1]: iri.text[1:-1]
        for keyword, name, iri in zip(words, words[1:], words[2:], strict=False)
        if keyword.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def iri_of(token: Token, prefixes: Mapping[str, str]) -> str:
    """The IRI that a token stands for with these prefixes; empty if it stands for none."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, name = token.text.partition(":")
    return prefixes[prefix] + _ESCAPED.sub(r"\1", name) if token.kind == "name" and prefix in prefixes else ""
