"""A scanner that splits the text of a query into tokens, in the likeliest reading.

The parser of the engine accepts keywords without a space behind them and reads `<` as an operator or as the start of an
IRI, whichever fits; a single pass over the text cannot always decide. Where safety depends on it, ask the parser.

Each function takes linear time. So no pattern here backtracks, and a failed search is not repeated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

# `*+` and `++` never backtrack (https://docs.python.org/3/library/re.html#regular-expression-syntax).
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
_STRING_CONTENT = {
    quotes: re.compile(pattern)
    for quote in "\"'"
    for quotes, pattern in (
        (quote, rf"(?:[^{quote}\\\r\n]++|{_ESCAPE})*+"),
        (quote * 3, rf"(?:{quote}{{0,2}}+(?:[^{quote}\\]++|{_ESCAPE}))*+"),
    )
}
_NAME_ESCAPE = re.compile(r"\\(.)")
_OPERANDS = {"string", "iri", "variable", "language", "blank", "name", "number"}
_CONSTANTS = {"TRUE", "FALSE"}
_NO_FUNCTIONS = {"A", "UNDEF", *_CONSTANTS}
_EXPRESSION_LISTS = {"SELECT", "BY", "HAVING"}
_OPENING, _CLOSING = "({[", ")}]"


class Token(NamedTuple):
    """A lexical unit and where it starts."""

    type: str
    text: str
    start: int


class Scanner:
    """Finds the token at an offset of a text.

    The range of a string that does not end is remembered: all quotes in it are escaped, so a string that started at one
    of them would break off at the same offset.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._endless_strings = dict.fromkeys(_STRING_CONTENT, (0, 0))

    def token(self, start: int) -> tuple[str, int]:
        """The type of the token that starts at an offset, and the offset of its end; IndexError behind the text."""
        match = _TOKEN.match(self.text, start)
        if match is None:
            raise IndexError("the text has no token behind its end")
        type_ = match.lastgroup or "mark"
        return self._string(start, match[0]) if type_ == "quotes" else (type_, match.end())

    def _string(self, start: int, quotes: str) -> tuple[str, int]:
        for delimiter in dict.fromkeys((quotes, quotes[0])):
            first, last = self._endless_strings[delimiter]
            if first <= start < last:
                continue
            content = _STRING_CONTENT[delimiter].match(self.text, start + len(delimiter))
            end = content.end() if content else start
            if self.text.startswith(delimiter, end):
                return "string", end + len(delimiter)
            self._endless_strings[delimiter] = start, end
        return "mark", start + 1


class LexicalState:
    """Decides whether a `<` is an operator or may start an IRI.

    It is an operator behind an operand within the parentheses of an expression: those of FILTER, BIND, HAVING and
    functions, and those in SELECT, GROUP BY and ORDER BY. Other parentheses contain paths, collections and rows of
    VALUES.
    """

    def __init__(self) -> None:
        self._brackets: list[bool] = []  # whether each open bracket contains an expression
        self._previous = self._second_last = Token("", "", 0)
        self._is_expression_list = self._is_function = False

    def expects_operator(self) -> bool:
        """Whether a `<` that follows is an operator."""
        type_, text, _ = self._previous
        return self._is_expression() and (type_ in _OPERANDS or text == ")" or text.upper() in _CONSTANTS)

    def advance(self, token: Token) -> None:
        """Continue behind a token."""
        if token.type == "word":
            word = token.text.upper()
            self._is_expression_list |= word in _EXPRESSION_LISTS and not self._is_expression()
            self._is_function = word not in _NO_FUNCTIONS
        elif token.type not in ("name", "iri"):
            if token.type == "mark":
                self._advance_mark(token.text)
            self._is_function = False
        self._second_last, self._previous = self._previous, token

    def _is_expression(self) -> bool:
        return bool(self._brackets) and self._brackets[-1]

    def _advance_mark(self, mark: str) -> None:
        if mark == "(":
            is_triple = self._second_last.text == self._previous.text == "<"  # <<( of SPARQL 1.2
            is_expression = self._is_expression() or self._is_expression_list or self._is_function
            self._brackets.append(is_expression and not is_triple)
        elif mark in "{[":
            self._brackets.append(False)
        elif mark in ")]}" and self._brackets:
            self._brackets.pop()
        if mark in "{}":
            self._is_expression_list = False


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query without white space and comments."""
    scanner, state, start = Scanner(text), LexicalState(), 0
    while start < len(text):
        type_, end = ("mark", start + 1) if text[start] == "<" and state.expects_operator() else scanner.token(start)
        if type_ != "space":
            token = Token(type_, text[start:end], start)
            state.advance(token)
            yield token
        start = end


def brackets(words: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """The indexes of opening and closing brackets in pairs, inner pairs first."""
    opening: list[int] = []
    for index, word in enumerate(words):
        if word.type == "mark" and word.text in _OPENING:
            opening.append(index)
        elif word.type == "mark" and word.text in _CLOSING and opening:
            yield opening.pop(), index


def prefix_declarations(prologue: str) -> dict[str, str]:
    """The prefixes that a prologue declares, each with its IRI as it is written."""
    words = list(tokens(prologue))
    return {
        name.text[:-1]: iri.text[1:-1]
        for keyword, name, iri in zip(words, words[1:], words[2:], strict=False)
        if keyword.text.upper() == "PREFIX" and name.type == "name" and iri.type == "iri"
    }


def iri_of(token: Token, prefixes: Mapping[str, str]) -> str:
    """The IRI of an IRI or prefixed name; empty for other tokens and prefixes that are not declared."""
    if token.type == "iri":
        return token.text[1:-1]
    prefix, _, name = token.text.partition(":")
    return prefixes[prefix] + _NAME_ESCAPE.sub(r"\1", name) if token.type == "name" and prefix in prefixes else ""
