"""German or English: what a reader asked for."""

import re
from typing import Literal

from flask import Flask, request

Language = Literal["de", "en"]
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(\d\d))?")
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"
LANGUAGES: tuple[Language, ...] = ("en", "de")


def chosen() -> Language | None:
    """The language that the reader has chosen by `?lang=`."""
    asked = request.args.get("lang", "")
    return next((one for one in LANGUAGES if one == asked), None)


def language() -> Language:
    """The language of the page: the one that was chosen, else what the browser prefers, else English."""
    best = chosen() or request.accept_languages.best_match(LANGUAGES, "en")
    return "de" if best == "de" else "en"


def say(german: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    return german if language() == "de" else english


def written(text: str) -> str:
    """A year, month or day (XML Schema 1.1, part 2) as people write it, as precise as it is."""
    found = _DATE.fullmatch(text)
    if not found:
        return text
    year, month, day = found.groups()
    if not month:
        return str(year)
    name = say(_GERMAN, _ENGLISH).split()[int(month) - 1]
    return say(f"{int(day)}. {name} {year}", f"{int(day)} {name} {year}") if day else f"{name} {year}"


def init_app(app: Flask) -> None:
    """Give them to the templates."""
    app.jinja_env.globals.update(language=language, say=say, written=written)
