"""Why a text is not a query: the most common mistakes by name, or the message of the parser in plain words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from html import unescape

from ..bilingual import Text, sentences
from ..errors import shorten
from ..terms import PREFIXES
from .errors import QuerySyntaxError, quote
from .query import Query
from .tokens import Token, iri_of, prefix_declarations, tokens

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
MAX_TEXT_CHARS = 1 << 16
MAX_WORD_CHARS, MAX_REST_CHARS = 40, 30
Mistake = tuple[int, Text]  # and its offset in the text
_OPENING_BRACKETS = {")": "(", "}": "{", "]": "["}
UNCLOSED_STRING = Text(
    de="Hier beginnt ein Text in Anführungszeichen und endet nicht.", en="A string starts here and does not end."
)
UNOPENED_BRACKET = Text(de="Zu {} fehlt das öffnende Gegenstück.", en="This {} has no opening counterpart.")
UNCLOSED_BRACKET = Text(de="{} wird hier geöffnet und nirgends geschlossen.", en="This {} is never closed.")
_REASONS = {
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
_KEYWORDS = """
    A ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY
    COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE
    FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK
    ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN
    MINUS MINUTES MONTH MOVE NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX
    REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR
    STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE
    TO TRIPLE TRUE TZ UCASE UNDEF UNION URI USING UUID VALUES VERSION WHERE WITH YEAR
"""
KEYWORDS = frozenset(_KEYWORDS.split())
# Characters that word processors, slides and web pages put in the place of those of SPARQL.
_REPLACEMENTS = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict(zip("\u2264\u2265\u2260\u00d7\u2217\u00f7", ("<=", ">=", "!=", "*", "*", "/"), strict=True)),
}
_CHARACTER_REFERENCE = re.compile(r"&(?:#\w{1,8}|[A-Za-z]{2,8});")
_COMMENT = re.compile(r"#[^\r\n]*+")
_PLAIN_SPACE = " \t\r\n"
# Spaces and format characters of Unicode without the two joiners, which words of some languages need. An IRI may have
# them (https://www.rfc-editor.org/rfc/rfc3987#section-2.2, ucschar), so the engine reports nothing and finds nothing.
INVISIBLE = re.compile(
    "[\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]"
)


def syntax_error(text: str, message: str, prefixes: Mapping[str, str]) -> QuerySyntaxError:
    """The error for a text that the parser rejected with a message; the prefixes are those of the data."""
    mistakes = _mistakes(text, {**PREFIXES, **prefixes}) if len(text) <= MAX_TEXT_CHARS else []
    if mistakes:
        offset, reason = min(mistakes)
        return QuerySyntaxError(reason, *_line_and_column(text, offset))
    # The library gives the position only in its message, as "error at LINE:COLUMN".
    position = _POSITION.search(message)
    if not position:
        return QuerySyntaxError(quote(message), 1, 1)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(_reason(position[3], _rest(text, line, column)), line, column)


def check_iris(text: str, is_known: Callable[[str], bool]) -> None:
    """Raise if an IRI of a query contains an invisible character, unless the data contains exactly that IRI."""
    prologue = Query(text).prologue
    prefixes = prefix_declarations(prologue)
    for word in tokens(text):
        iri = iri_of(word, prefixes) if word.start >= len(prologue) else ""
        if (match := INVISIBLE.search(iri)) and not is_known(iri):
            # The character is in the word itself, or in the declaration of its prefix.
            character = match[0]
            offset = text.find(character, word.start) if character in word.text else prologue.find(character)
            escape = f"\\u{ord(character):04X}"
            reason = Text(
                de=f"In dieser IRI steht unsichtbar {_name(character)}, und die Daten kennen sie nicht. "
                f"Löschen Sie das Zeichen, oder schreiben Sie es als {escape}.",
                en=f"This IRI contains {_name(character)}, which is invisible, and the data does not contain the IRI. "
                f"Delete the character, or write it as {escape}.",
            )
            raise QuerySyntaxError(reason, *_line_and_column(text, offset))


def _mistakes(text: str, prefixes: Mapping[str, str]) -> list[Mistake]:
    """The first mistake of each kind."""
    words = list(tokens(text))
    if not words:
        return [(0, Text(de="Die Abfrage ist leer.", en="The query is empty."))]
    if foreign := next(_foreign_characters(text, words), None):
        return [foreign]  # all others may follow from it
    kinds = (_undeclared_prefixes(text, words, prefixes), _unknown_words(words), _bracket_mistakes(words))
    return [mistake for mistake in (next(kind, None) for kind in kinds) if mistake]


def _foreign_characters(text: str, words: Iterable[Token]) -> Iterator[Mistake]:
    """Characters that were copied from elsewhere and mean nothing in SPARQL, except in strings, IRIs and comments."""
    end = 0
    for word in [*words, Token("mark", "", len(text))]:
        gap = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[end : word.start])
        for offset, character in enumerate(gap, end):
            if character not in _PLAIN_SPACE:
                yield offset, _foreign_character(character)
        reference = _CHARACTER_REFERENCE.match(text, word.start) if word.text == "&" else None
        if reference:
            yield word.start, _replace(reference[0], unescape(reference[0]))
        if word.type in ("mark", "word", "name", "variable"):
            for offset, character in enumerate(word.text, word.start):
                if (word.type == "mark" and not character.isascii()) or unicodedata.category(character) == "Cf":
                    yield offset, _foreign_character(character)
        end = word.start + len(word.text)


def _foreign_character(character: str) -> Text:
    return _replace(_name(character), " " if character.isspace() else _REPLACEMENTS.get(character, ""))


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _replace(name: str, replacement: str) -> Text:
    """What to write in the place of something that means nothing in SPARQL."""
    mistake = Text(de=f"Hier steht {name}; das bedeutet in SPARQL nichts.", en=f"{name} has no meaning in SPARQL.")
    if not replacement:
        remedy = Text(de="Löschen Sie es.", en="Delete it.")
    elif replacement.isspace():
        remedy = Text(de="Schreiben Sie ein Leerzeichen.", en="Write a space.")
    else:
        remedy = Text(de=f"Schreiben Sie {replacement}.", en=f"Write {replacement}.")
    return sentences(mistake, remedy)


def _undeclared_prefixes(text: str, words: Iterable[Token], prefixes: Mapping[str, str]) -> Iterator[Mistake]:
    prologue = Query(text).prologue
    declarations = prefix_declarations(prologue)
    for word in words:
        prefix = word.text.partition(":")[0]
        if word.type == "name" and word.start >= len(prologue) and prefix not in declarations:
            name = shorten(prefix, MAX_WORD_CHARS)
            mistake = Text(de=f"Das Präfix {name}: ist nicht deklariert.", en=f"The prefix {name}: is not declared.")
            yield word.start, sentences(mistake, _prefix_remedy(prefix, declarations, prefixes))


def _prefix_remedy(prefix: str, declarations: Iterable[str], prefixes: Mapping[str, str]) -> Text:
    """A similar prefix that is declared, or the declaration that is missing."""
    similar = "" if prefix in prefixes else _most_similar(prefix, declarations)
    if similar:
        return Text(
            de=f"Meinten Sie {similar}:, das deklariert ist?", en=f"Did you mean {similar}:, which is declared?"
        )
    similar = prefix if prefix in prefixes else _most_similar(prefix, prefixes)
    question = _question(f"{similar}:") if similar and similar != prefix else None
    line = f"PREFIX {similar}: <{prefixes[similar]}>" if similar else f"PREFIX {shorten(prefix, MAX_WORD_CHARS)}: <…>"
    remedy = Text(de=f"Schreiben Sie diese Zeile vor die Abfrage: {line}", en=f"Put this line before the query: {line}")
    return sentences(question, remedy)


def _question(word: str) -> Text:
    return Text(de=f"Meinten Sie {word}?", en=f"Did you mean {word}?")


def _unknown_words(words: Iterable[Token]) -> Iterator[Mistake]:
    for word in words:
        if word.type == "word" and word.text.upper() not in KEYWORDS:
            similar = _most_similar(word.text.upper(), KEYWORDS, 0.7)
            name = shorten(word.text, MAX_WORD_CHARS)
            mistake = Text(de=f"{name} ist kein Wort von SPARQL.", en=f"{name} is not a word of SPARQL.")
            yield word.start, sentences(mistake, _question(similar) if similar else None)


def _most_similar(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """The most similar word, if one is similar; long ones would take time to compare, and are no mistakes of typing."""
    candidates = [other for other in words if len(other) <= MAX_WORD_CHARS] if len(word) <= MAX_WORD_CHARS else []
    return next(iter(get_close_matches(word, candidates, 1, cutoff)), "")


def _bracket_mistakes(words: Iterable[Token]) -> Iterator[Mistake]:
    """Brackets without a partner, and strings that do not end."""
    opening: list[Token] = []
    for word in (word for word in words if word.type == "mark"):
        if word.text in "\"'":
            yield word.start, UNCLOSED_STRING
        elif word.text in "({[":
            opening.append(word)
        elif word.text in ")}]" and (not opening or opening.pop().text != _OPENING_BRACKETS[word.text]):
            yield word.start, UNOPENED_BRACKET.format(word.text)
    if opening:
        yield opening[-1].start, UNCLOSED_BRACKET.format(opening[-1].text)


def _reason(message: str, rest: str) -> Text:
    """A message of the parser in plain words; `rest` is the text at its position."""
    reason = next((reason for part, reason in _REASONS.items() if part in message), None)
    if reason:
        return reason
    if not rest:
        return Text(
            de="Am Ende oder kurz davor ist die Abfrage nicht zu lesen: Dort fehlt etwas.",
            en="The query cannot be read at its end or shortly before: something is missing there.",
        )
    return Text(
        de=f"Bei oder kurz vor „{rest}“ ist die Abfrage nicht zu lesen: Dort müsste etwas anderes stehen.",
        en=f"The query cannot be read at or shortly before “{rest}”: something else is expected.",
    )


def _rest(text: str, line: int, column: int) -> str:
    """The beginning of the first line from a position on that is not empty; empty at the end of the text."""
    lines = text.splitlines()[line - 1 :]
    rest = "\n".join([lines[0][column - 1 :], *lines[1:]]).strip() if lines else ""
    return rest.splitlines()[0][:MAX_REST_CHARS] if rest else ""


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    start = text[:offset]
    return start.count("\n") + 1, offset - (start.rfind("\n") + 1) + 1
