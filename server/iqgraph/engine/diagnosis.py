"""Why a text is not a query: the engine's message made readable, and the commonest slips found by name."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from html import unescape

from ..bilingual import Text, sentences
from ..errors import shortened
from ..terms import PREFIXES
from .errors import QuerySyntaxError, quote
from .query import Query
from .tokens import Token, iri_of, prefix_declarations, tokens

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
MAX_TEXT_CHARS = 1 << 16
MAX_WORD_CHARS, MAX_REST_CHARS = 40, 30
Slip = tuple[int, Text]
_CLOSING = {")": "(", "}": "{", "]": "["}
UNCLOSED = Text(
    de="Hier beginnt ein Text in Anführungszeichen und endet nicht.", en="A string starts here and does not end."
)
CLOSES_NOTHING = Text(de="{} schließt hier nichts, was offen ist.", en="This {} closes nothing that is open.")
NEVER_CLOSED = Text(de="{} wird hier geöffnet und nirgends geschlossen.", en="This {} is never closed.")
_SENTENCES = {
    "The SELECT contains a variable that is unbound": Text(
        de="SELECT nennt eine Variable, nach der weder gruppiert wird noch etwas berechnet.",
        en="SELECT names a variable that is neither grouped nor aggregated.",
    ),
    "The SELECT overrides an existing variable": Text(
        de="SELECT gibt einer Variable einen Wert, die schon einen hat.",
        en="SELECT gives a new value to a variable that already has one.",
    ),
    "IRI parsing failed": Text(
        de="Eine IRI ist nicht vollständig oder enthält ein Zeichen, das in ihr nicht stehen darf.",
        en="An IRI is not absolute or has a character that it must not have.",
    ),
    "\\u escape sequence": Text(
        de="Was nach \\u steht, bezeichnet kein Zeichen.", en="An escape after \\u does not name a character."
    ),
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
# What word processors, slides and web pages make of the signs that SPARQL has.
_MEANT = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict(zip("\u2264\u2265\u2260\u00d7\u2217\u00f7", ("<=", ">=", "!=", "*", "*", "/"), strict=True)),
}
_ESCAPED = re.compile(r"&(?:#\w{1,8}|[A-Za-z]{2,8});")
_COMMENT = re.compile(r"#[^\r\n]*+")
_PLAIN_SPACE = " \t\r\n"
# Spaces and formatting signs of Unicode without the two joiners, which words of some languages need. An IRI may have
# them (https://www.rfc-editor.org/rfc/rfc3987#section-2.2, ucschar), so the engine says nothing and finds nothing.
INVISIBLE = re.compile(
    "[\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]"
)


def syntax_error(text: str, message: str, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """The error to report for a text that the engine could not read; the prefixes are those of the data."""
    found = _slips(text, {**PREFIXES, **prefixes}) if len(text) <= MAX_TEXT_CHARS else []
    if found:
        place, reason = min(found)
        return QuerySyntaxError(reason, *_line_and_column(text, place))
    # The library gives the place in its words only, as "error at LINE:COLUMN".
    position = _POSITION.search(message)
    if not position:
        return QuerySyntaxError(quote(message), 1, 1)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(_reason(position[3], _rest(text, line, column)), line, column)


def check_iris(text: str, is_known: Callable[[str], bool]) -> None:
    """Raise if an IRI of a query has a sign that nobody sees, unless the data knows that very IRI."""
    prologue = Query(text).prologue
    prefixes = prefix_declarations(prologue)
    for word in tokens(text):
        iri = iri_of(word, prefixes) if word.start >= len(prologue) else ""
        if (found := INVISIBLE.search(iri)) and not is_known(iri):
            # The sign stands in the word itself, or in the prefix that the word begins with.
            place = text.find(found[0], word.start) if found[0] in word.text else prologue.find(found[0])
            sign = f"\\u{ord(found[0]):04X}"
            reason = Text(
                de=f"In dieser IRI steht unsichtbar {_name(found[0])}, und die Daten kennen sie nicht. "
                f"Löschen Sie das Zeichen, oder schreiben Sie es als {sign}.",
                en=f"This IRI holds {_name(found[0])}, which nobody sees, and the data does not know it. "
                f"Delete the sign, or write it as {sign}.",
            )
            raise QuerySyntaxError(reason, *_line_and_column(text, place))


def _slips(text: str, prefixes: Mapping[str, str]) -> list[Slip]:
    """The first slip of each kind, with its place in the text."""
    words = list(tokens(text))
    if not words:
        return [(0, Text(de="Die Abfrage ist leer.", en="The query is empty."))]
    if foreign := next(_foreign(text, words), None):
        return [foreign]  # whatever else is wrong may follow from it
    kinds = (_undeclared(text, words, prefixes), _unknown(words), _unbalanced(words))
    return [slip for slip in (next(kind, None) for kind in kinds) if slip]


def _foreign(text: str, words: Iterable[Token]) -> Iterator[Slip]:
    """Signs that came by copying and mean nothing in SPARQL, outside of strings, IRIs and comments."""
    end = 0
    for word in [*words, Token("mark", "", len(text))]:
        gap = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[end : word.start])
        for place, sign in enumerate(gap, end):
            if sign not in _PLAIN_SPACE:
                yield place, _called(sign)
        escaped = _ESCAPED.match(text, word.start) if word.text == "&" else None
        if escaped:
            yield word.start, _replacing(escaped[0], unescape(escaped[0]))
        if word.kind in ("mark", "word", "name", "variable"):
            for place, sign in enumerate(word.text, word.start):
                if (word.kind == "mark" and not sign.isascii()) or unicodedata.category(sign) == "Cf":
                    yield place, _called(sign)
        end = word.start + len(word.text)


def _called(sign: str) -> Text:
    """A sign by its name and number, and what to write in its place."""
    return _replacing(_name(sign), " " if sign.isspace() else _MEANT.get(sign, ""))


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def _replacing(name: str, meant: str) -> Text:
    slip = Text(de=f"Hier steht {name}; das bedeutet in SPARQL nichts.", en=f"Here is {name}; SPARQL has no such sign.")
    if not meant:
        return sentences(slip, Text(de="Löschen Sie es.", en="Delete it."))
    if meant.isspace():
        return sentences(slip, Text(de="Schreiben Sie ein Leerzeichen.", en="Write a space."))
    return sentences(slip, Text(de=f"Schreiben Sie {meant}.", en=f"Write {meant}."))


def _undeclared(text: str, words: Iterable[Token], prefixes: Mapping[str, str]) -> Iterator[Slip]:
    prologue = Query(text).prologue
    start, known = len(prologue), prefix_declarations(prologue)
    for word in words:
        prefix = word.text.partition(":")[0]
        if word.kind == "name" and word.start >= start and prefix not in known:
            name = shortened(prefix, MAX_WORD_CHARS)
            slip = Text(de=f"Das Präfix {name}: ist nicht deklariert.", en=f"The prefix {name}: is not declared.")
            yield word.start, sentences(slip, _hint(prefix, known, prefixes))


def _hint(prefix: str, known: Iterable[str], prefixes: Mapping[str, str]) -> Text:
    """The line that is missing, or the prefix that was probably meant."""
    near = "" if prefix in prefixes else _nearest(prefix, known)
    if near:
        return Text(de=f"Meinten Sie {near}:, das deklariert ist?", en=f"Did you mean {near}:, which is declared?")
    meant = prefix if prefix in prefixes else _nearest(prefix, prefixes)
    question = _question(f"{meant}:") if meant and meant != prefix else None
    line = f"PREFIX {meant}: <{prefixes[meant]}>" if meant else f"PREFIX {shortened(prefix, MAX_WORD_CHARS)}: <…>"
    remedy = Text(de=f"Schreiben Sie diese Zeile vor die Abfrage: {line}", en=f"Put this line before the query: {line}")
    return sentences(question, remedy)


def _question(meant: str) -> Text:
    return Text(de=f"Meinten Sie {meant}?", en=f"Did you mean {meant}?")


def _unknown(words: Iterable[Token]) -> Iterator[Slip]:
    for word in words:
        if word.kind == "word" and word.text.upper() not in KEYWORDS:
            near = _nearest(word.text.upper(), KEYWORDS, 0.7)
            name = shortened(word.text, MAX_WORD_CHARS)
            slip = Text(de=f"{name} ist kein Wort von SPARQL.", en=f"{name} is not a word of SPARQL.")
            yield word.start, sentences(slip, _question(near) if near else None)


def _nearest(word: str, words: Iterable[str], least: float = 0.6) -> str:
    """The word that was probably meant, if one is near; to compare long ones would take time, and they are no slips."""
    short = [one for one in words if len(one) <= MAX_WORD_CHARS] if len(word) <= MAX_WORD_CHARS else []
    return next(iter(get_close_matches(word, short, 1, least)), "")


def _unbalanced(words: Iterable[Token]) -> Iterator[Slip]:
    opened: list[Token] = []
    for word in (word for word in words if word.kind == "mark"):
        if word.text in "\"'":
            yield word.start, UNCLOSED
        elif word.text in "({[":
            opened.append(word)
        elif word.text in ")}]" and (not opened or opened.pop().text != _CLOSING[word.text]):
            yield word.start, CLOSES_NOTHING.format(word.text)
    if opened:
        yield opened[-1].start, NEVER_CLOSED.format(opened[-1].text)


def _reason(expected: str, rest: str) -> Text:
    known = next((reason for sentence, reason in _SENTENCES.items() if sentence in expected), None)
    if known:
        return known
    if not rest:
        return Text(
            de="Am Ende oder kurz davor ist die Abfrage nicht zu lesen: Dort fehlt etwas.",
            en="The query cannot be read at its end or shortly before: something is missing there.",
        )
    return Text(
        de=f"Bei oder kurz vor „{rest}“ ist die Abfrage nicht zu lesen: Dort müsste etwas anderes stehen.",
        en=f"The query cannot be read at or shortly before “{rest}”: something else has to stand there.",
    )


def _rest(text: str, line: int, column: int) -> str:
    """The next line that has anything from the place on, or nothing at the end of the text."""
    lines = text.splitlines()[line - 1 :]
    rest = "\n".join([lines[0][column - 1 :], *lines[1:]]).strip() if lines else ""
    return rest.splitlines()[0][:MAX_REST_CHARS] if rest else ""


def _line_and_column(text: str, place: int) -> tuple[int, int]:
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
