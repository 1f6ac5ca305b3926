"""The words of a query: enough to know its form, its datasets and whether it would call another service.

The engine's parser accepts keywords without a space after them and reads `<` as an operator or as the start of an
IRI, whichever fits; a single pass over the text cannot tell. Where safety depends on it, every reading is followed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPE = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_BASE = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
_BASE += "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_CHAR = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
_SPACE = r"(?:\s|\#[^\r\n]*+)*+"
_IRI = r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"""
_STEM = rf"[{_BASE}](?:[{_CHAR}]|\.++[{_CHAR}])*+"
_NAME = rf"""(?:{_STEM})?+:(?:[{_CHAR}:.]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*+"""
_VARIABLE = f"[?$][{_CHAR}]++"

_TOKEN = re.compile(
    rf"""
    (?P<space> \s++ | \#[^\r\n]*+ )
  | (?P<string> \"{{3}}(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*\"{{3}} | '{{3}}(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'{{3}}
              | \"(?:[^"\\\r\n]|{_ESCAPE})*+\" | '(?:[^'\\\r\n]|{_ESCAPE})*+' )
  | (?P<iri> {_IRI} )
  | (?P<variable> {_VARIABLE} )
  | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9-]+)*+ )
  | (?P<blank> _:[{_CHAR}.]*+ )
  | (?P<name> {_NAME} )
  | (?P<number> [0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)? )
  | (?P<word> {_STEM} )
  | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PROLOGUE = re.compile(
    rf"{_SPACE}(?:(?:BASE{_SPACE}{_IRI}|PREFIX{_SPACE}(?:{_STEM})?+:{_SPACE}{_IRI}"
    rf"|VERSION{_SPACE}[\"'][^\"'\r\n]*[\"']){_SPACE})*",
    re.IGNORECASE,
)
_KEYWORD = re.compile(
    "SELECT|ASK|CONSTRUCT|DESCRIBE|INSERT|DELETE|WITH|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD", re.IGNORECASE
)
_FROM_WORD = re.compile("FROM", re.IGNORECASE)
_FROM = re.compile(rf"FROM{_SPACE}(?P<named>NAMED)?{_SPACE}(?P<graph>{_IRI}|{_NAME})", re.IGNORECASE)
_DESCRIBED = re.compile(rf"(?:{_SPACE}(?:{_VARIABLE}|{_IRI}|{_NAME}))+")
_SERVICE = re.compile("SERVICE", re.IGNORECASE)
_CALL = re.compile(
    rf"SERVICE{_SPACE}(?:SILENT{_SPACE})?(?:{_VARIABLE}|{_IRI}|{_NAME}){_SPACE}\{{",
    re.IGNORECASE,
)
_BEFORE_GRAPH = {"GRAPH", "NAMED", "FROM", "FROMNAMED"}


class Token(NamedTuple):
    """A lexical unit and where it starts."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query in their likeliest reading, without white space and comments."""
    start = 0
    while start < len(text):
        token = _token(text, start)
        if token.kind != "space":
            yield token
        start += len(token.text)


def prologue(text: str) -> str:
    """The leading part of a query that declares its prefixes and base."""
    match = _PROLOGUE.match(text)
    return match[0] if match else ""


def keyword(text: str) -> str:
    """The keyword that says what a request is, such as SELECT or INSERT; empty if there is none."""
    match = _KEYWORD.match(text, len(prologue(text)))
    return match[0].upper() if match else ""


def from_clauses(text: str) -> list[tuple[bool, str]]:
    """What a query's FROM clauses name, as it is written, and whether with NAMED."""
    if not _FROM_WORD.search(text):
        return []
    words = (token for token in tokens(text) if token.text.upper() in ("FROM", "FROMNAMED"))
    found = (_FROM.match(text, word.start) for word in words)
    return [(match["named"] is not None, match["graph"]) for match in found if match]


def described(text: str) -> list[str]:
    """The names behind the keyword of a DESCRIBE query, as they are written, without its variables."""
    start = _KEYWORD.match(text, len(prologue(text)))
    found = _DESCRIBED.match(text, start.end()) if start else None
    words = tokens(found[0]) if found else ()
    return [word.text for word in words if word.kind in ("iri", "name")]


def calls_service(text: str) -> bool:
    """Whether a parser could read a call of another service in the query, in any reading of its text."""
    if not _SERVICE.search(text):
        return False
    seen, ahead = set(), [(0, False)]
    while ahead:
        start, names_graph = ahead.pop()
        if (start, names_graph) in seen or start >= len(text):
            continue
        seen.add((start, names_graph))
        token = _token(text, start)
        if _is_call(text, token, names_graph):
            return True
        still = token.text.upper() in _BEFORE_GRAPH or (names_graph and token.kind == "space")
        ahead.append((start + len(token.text), still))
        if token.kind == "iri":
            ahead.append((start + 1, False))
    return False


def _is_call(text: str, token: Token, names_graph: bool) -> bool:  # noqa: FBT001 - the state of a scanner
    places = [match.start() for match in _SERVICE.finditer(token.text)]
    if not places or token.kind not in ("word", "name") or (token.kind == "name" and names_graph):
        return False
    place = places[0] if token.kind == "name" else places[-1]
    return _CALL.match(text, token.start + place) is not None


def _token(text: str, start: int) -> Token:
    match = _TOKEN.match(text, start)
    if match is None:
        raise IndexError("the text has no token behind its end")
    return Token(match.lastgroup or "mark", match[0], start)
