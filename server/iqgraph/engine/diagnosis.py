"""Why a text is not a query: the engine's message made readable, and the commonest slips found by name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from ..terms import PREFIXES
from .errors import QuerySyntaxError
from .query import Query
from .tokens import Token, declared, tokens

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
MAX_TEXT_CHARS = 1 << 16
MAX_WORD_CHARS = 40
_CLOSING = {")": "(", "}": "{", "]": "["}
_SENTENCES = {
    "The SELECT contains a variable that is unbound": "SELECT names a variable that is neither grouped nor aggregated",
    "The SELECT overrides an existing variable": "SELECT gives a new value to a variable that already has one",
    "IRI parsing failed": "an IRI is not absolute or has a character that it must not have",
    "\\u escape sequence": "an escape after \\u is not a character",
}
_WORDS = """
    A ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY
    COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE
    FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK
    ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN
    MINUS MINUTES MONTH MOVE NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX
    REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR
    STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE
    TO TRIPLE TRUE TZ UCASE UNDEF UNION URI USING UUID VALUES VERSION WHERE WITH YEAR
"""
KEYWORDS = frozenset(_WORDS.split())


def syntax_error(text: str, message: str, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """The error to report for a text that the engine could not read; the prefixes are those of the data."""
    found = _slips(text, {**PREFIXES, **prefixes}) if len(text) <= MAX_TEXT_CHARS else []
    if found:
        place, reason = min(found)
        return QuerySyntaxError(reason, *_line_and_column(text, place))
    position = _POSITION.search(message)
    if not position:
        return QuerySyntaxError(message, 1, 1)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(_reason(position[3], _rest(text, line, column)), line, column)


def _slips(text: str, prefixes: Mapping[str, str]) -> list[tuple[int, str]]:
    """The first slip of each kind, with its place in the text."""
    words = list(tokens(text))
    if not words:
        return [(0, "The query is empty.")]
    kinds = (_undeclared(text, words, prefixes), _unknown(words), _unbalanced(words))
    return [slip for slip in (next(kind, None) for kind in kinds) if slip]


def _undeclared(text: str, words: Iterable[Token], prefixes: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    prologue = Query(text).prologue
    start, known = len(prologue), declared(prologue)
    for word in words:
        prefix = word.text.partition(":")[0]
        if word.kind == "name" and word.start >= start and prefix not in known:
            yield word.start, f"The prefix {_shortened(prefix)}: is not declared. {_hint(prefix, known, prefixes)}"


def _hint(prefix: str, known: Iterable[str], prefixes: Mapping[str, str]) -> str:
    """The line that is missing, or the prefix that was probably meant."""
    near = "" if prefix in prefixes else _nearest(prefix, known)
    if near:
        return f"Did you mean {near}:, which is?"
    meant = prefix if prefix in prefixes else _nearest(prefix, prefixes)
    question = f"Did you mean {meant}:? " if meant and meant != prefix else ""
    line = f"PREFIX {meant}: <{prefixes[meant]}>" if meant else f"PREFIX {_shortened(prefix)}: <…>"
    return f"{question}Put this line before the query: {line}"


def _unknown(words: Iterable[Token]) -> Iterator[tuple[int, str]]:
    for word in words:
        if word.kind == "word" and word.text.upper() not in KEYWORDS:
            near = _nearest(word.text.upper(), KEYWORDS, 0.7)
            hint = f" Did you mean {near}?" if near else ""
            yield word.start, f"{_shortened(word.text)} is not a word of SPARQL.{hint}"


def _nearest(word: str, words: Iterable[str], least: float = 0.6) -> str:
    """The word that was probably meant, if one is near; to compare long ones would take time, and they are no slips."""
    short = [one for one in words if len(one) <= MAX_WORD_CHARS] if len(word) <= MAX_WORD_CHARS else []
    return next(iter(get_close_matches(word, short, 1, least)), "")


def _shortened(word: str) -> str:
    return word if len(word) <= MAX_WORD_CHARS else f"{word[:MAX_WORD_CHARS]}…"


def _unbalanced(words: Iterable[Token]) -> Iterator[tuple[int, str]]:
    opened: list[Token] = []
    for word in words:
        if word.text in ('"', "'"):
            yield word.start, "A string starts here and does not end."
            return
        if word.kind == "mark" and word.text in "({[":
            opened.append(word)
        elif word.kind == "mark" and word.text in ")}]":
            if not opened or opened[-1].text != _CLOSING[word.text]:
                yield word.start, f"This {word.text} closes nothing that is open."
                return
            opened.pop()
    if opened:
        yield opened[-1].start, f"This {opened[-1].text} is never closed."


def _reason(expected: str, rest: str) -> str:
    known = next((reason for sentence, reason in _SENTENCES.items() if sentence in expected), "")
    if known:
        return f"The query cannot be read: {known}."
    where = f"at or shortly before {rest}" if rest else "at its end or shortly before"
    return f"The query cannot be read {where}."


def _rest(text: str, line: int, column: int) -> str:
    """The next line that has anything from the place on, or nothing at the end of the text."""
    lines = text.splitlines()[line - 1 :]
    rest = "\n".join([lines[0][column - 1 :], *lines[1:]]).strip() if lines else ""
    return f"“{rest.splitlines()[0][:30]}”" if rest else ""


def _line_and_column(text: str, place: int) -> tuple[int, int]:
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
