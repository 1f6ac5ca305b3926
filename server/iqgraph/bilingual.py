"""Texts in German and English, dates in words, and statements with labels in both languages."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Literal as OneOf
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Language = OneOf["en", "de"]

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(\d\d))?")
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"
MONTHS = {name: number for names in (_GERMAN, _ENGLISH) for number, name in enumerate(names.split(), 1)}
_WRITTEN_DATE = re.compile(rf"(?:(?:(\d{{1,2}})\.? ?)?(?:({'|'.join(MONTHS)}) |(\d{{1,2}})\.))?(\d{{4}})")


class Text(NamedTuple):
    """The same text in both languages. Construct it with `de=` and `en=`, so that they cannot be confused."""

    de: str
    en: str

    def say(self, language: str) -> str:
        """Return the text in one language."""
        return self.de if language == "de" else self.en

    def format(self, *values: object) -> "Text":
        """Fill the replacement fields; a `Text` among the values is inserted in the same language."""
        de, en = (
            [value.say(language) if isinstance(value, Text) else value for value in values] for language in self._fields
        )
        return Text(de=self.de.format(*de), en=self.en.format(*en))


def locale_language() -> Language:
    """Return the language of the locale: German, or English for any other (POSIX.1-2017, XBD 8.2)."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "de" if locale.startswith("de") else "en"


def untranslated(words: str) -> Text:
    """Return a text that exists in one language only, as both."""
    return Text(de=words, en=words)


def date_text(date: str, article: str = "") -> Text:
    """Write out a year, month or day (XML Schema 1.1, part 2) without changing its precision.

    `article` stands before a German day, such as "zum" after "bis".
    """
    match = _DATE.fullmatch(date)
    if not match or not match[2]:
        return untranslated(date)
    year, month, day = match.groups()
    german, english = (names.split()[int(month) - 1] for names in (_GERMAN, _ENGLISH))
    text = Text(de=f"{german} {year}", en=f"{english} {year}")
    return Text(de=f"{article} {int(day)}. {text.de}".lstrip(), en=f"{int(day)} {text.en}") if day else text


def parse_date(text: str) -> str | None:
    """Return the year, month or day (XML Schema 1.1, part 2) that a text says, such as "3. Mai 2014" or "3.5.2014".

    None for other texts, and for a day that no calendar has.
    """
    match = _WRITTEN_DATE.fullmatch(text)
    if not match:
        return None
    day, name, number, year = match.groups()
    month = MONTHS.get(name, number)
    with suppress(ValueError):
        date(int(year), int(month or 1), int(day or 1))
        return "-".join(f"{int(part):02}" for part in (year, month, day) if part)
    return None


def seconds_text(seconds: float) -> Text:
    """Write out a number of seconds, behind any preposition."""
    number = f"{seconds:g}"
    unit = Text(de="Sekunde", en="second") if number == "1" else Text(de="Sekunden", en="seconds")
    return Text(de=f"{number.replace('.', ',')} {unit.de}", en=f"{number} {unit.en}")


def sentences(*texts: Text | None) -> Text:
    """Join texts with spaces; None is skipped."""
    parts = [text for text in texts if text]
    return Text(de=" ".join(text.de for text in parts), en=" ".join(text.en for text in parts))


def text_of(values: Iterable[object]) -> Text | None:
    """Return the text of the literals among `values`; None if there are none.

    A missing language falls back to a literal without a language tag, then to English, German, or any other.
    """
    labels: dict[str, str] = {}
    for value in values:
        if isinstance(value, Literal) and value.value.strip():
            # A regional tag counts for its language (https://www.rfc-editor.org/rfc/rfc4647#section-3.4).
            labels.setdefault((value.language or "").partition("-")[0], value.value.strip())
    fallback = next((labels[tag] for tag in ("", "en", "de", *labels) if tag in labels), None)
    return Text(de=labels.get("de", fallback), en=labels.get("en", fallback)) if fallback else None


Value = NamedNode | BlankNode | Literal | Triple | Text | None


def describe(subject: NamedNode, *facts: tuple[NamedNode, Value | tuple[Value, ...]]) -> Iterator[Triple]:
    """Yield the triples of a subject: one for each value, two for a `Text`, none for None."""
    for predicate, values in facts:
        for value in [values] if isinstance(values, Value) else values:
            if isinstance(value, Text):
                yield Triple(subject, predicate, Literal(value.de, language="de"))
                yield Triple(subject, predicate, Literal(value.en, language="en"))
            elif value is not None:
                yield Triple(subject, predicate, value)
