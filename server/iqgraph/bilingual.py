"""Texts in both languages, and descriptions made of them."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Literal as OneOf
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Language = OneOf["en", "de"]

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(\d\d))?")
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"


class Text(NamedTuple):
    """What is said in two languages; made with `de=` and `en=`, so that neither is taken for the other."""

    de: str
    en: str

    def say(self, language: str) -> str:
        """The text in one language."""
        return self.de if language == "de" else self.en

    def format(self, *values: object) -> "Text":
        """The text with values in its gaps; a text among these is said in the same language."""
        de, en = ([one.say(language) if isinstance(one, Text) else one for one in values] for language in self._fields)
        return Text(de=self.de.format(*de), en=self.en.format(*en))


def locale_language() -> Language:
    """The language of the locale, by the first variable that is set (POSIX.1-2017, XBD 8.2): German or English."""
    found = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "de" if found.startswith("de") else "en"


def untranslated(words: str) -> Text:
    """What others say, in whatever language they say it."""
    return Text(de=words, en=words)


def date_text(date: str, article: str = "") -> Text:
    """A year, month or day (XML Schema 1.1, part 2) as people write it, as precise as it is.

    A day has the German article that stands before it, such as "zum" after "bis".
    """
    found = _DATE.fullmatch(date)
    if not found or not found[2]:
        return untranslated(date)
    year, month, day = found.groups()
    german, english = (names.split()[int(month) - 1] for names in (_GERMAN, _ENGLISH))
    text = Text(de=f"{german} {year}", en=f"{english} {year}")
    return Text(de=f"{article} {int(day)}. {text.de}".lstrip(), en=f"{int(day)} {text.en}") if day else text


def sentences(*texts: Text | None) -> Text:
    """Several texts as one, each behind the other; None says nothing."""
    given = [text for text in texts if text]
    return Text(de=" ".join(text.de for text in given), en=" ".join(text.en for text in given))


def text_of(values: Iterable[object]) -> Text | None:
    """What literals among some values say; for a language in which none is stands what has none, or another."""
    found: dict[str, str] = {}
    for one in values:
        if isinstance(one, Literal) and one.value.strip():
            # A regional tag counts for its language (https://www.rfc-editor.org/rfc/rfc4647#section-3.4).
            found.setdefault((one.language or "").partition("-")[0], one.value.strip())
    other = next((found[language] for language in ("", "en", "de", *found) if language in found), None)
    return Text(de=found.get("de", other), en=found.get("en", other)) if other else None


Value = NamedNode | BlankNode | Literal | Triple | Text | None


def describe(subject: NamedNode, *facts: tuple[NamedNode, Value | tuple[Value, ...]]) -> Iterator[Triple]:
    """The statements of a subject: one for each value, two for a text, none for what is not known."""
    for predicate, given in facts:
        for value in [given] if isinstance(given, Value) else given:
            if isinstance(value, Text):
                yield Triple(subject, predicate, Literal(value.de, language="de"))
                yield Triple(subject, predicate, Literal(value.en, language="en"))
            elif value is not None:
                yield Triple(subject, predicate, value)
