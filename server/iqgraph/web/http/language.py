"""German or English: what a reader asked for, and times and numbers as people write them in it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from flask import Flask, Response, g, request

from ...bilingual import Text, date_text
from .negotiation import weighted

Language = Literal["de", "en"]
_DURATION = re.compile(r"P(\d+)([YM])")
_NUMBER = re.compile(r"([+-]?)(\d+)(\.\d+)?")
_SWAPPED = str.maketrans(".,", ",.")
MAX_UNGROUPED_DIGITS = 4  # which are often a year
LANGUAGES: tuple[Language, ...] = ("en", "de")


def chosen() -> Language | None:
    """The language that the reader has chosen by `?lang=`."""
    asked = request.args.get("lang", "")
    return next((one for one in LANGUAGES if one == asked), None)


# Browsers send few different ones; the bound is for whoever sends a new one each time.
@lru_cache(256)
def preferred(accepted: str) -> Language:
    """The language of the site for an Accept-Language header: English unless German is liked better, or named first.

    A range means its first subtag, as a lookup has it (RFC 4647, section 3.4); `*` is whatever else is not named.
    """
    qualities: dict[str, float] = {}
    for value, quality in weighted(accepted):
        qualities.setdefault(value.partition("-")[0], quality)
    liked = [one for value, quality in qualities.items() if quality for one in LANGUAGES if one == value]
    return max([*liked, *LANGUAGES], key=lambda one: qualities.get(one, qualities.get("*", 0.0)))


def language() -> Language:
    """The language of the page: the one that was chosen, else what the browser prefers; found out once a request."""
    found: Language | None = g.get("language")
    if found is None:
        found = g.language = chosen() or preferred(request.headers.get("Accept-Language", ""))
    return found


def choose(wanted: Language) -> None:
    """Answer this request in a language, whatever its address and its headers ask for."""
    g.language = wanted


def say(*, de: str, en: str) -> str:
    """The one of two texts that is in the reader's language."""
    return de if language() == "de" else en


def localize(text: Text) -> str:
    """A text in the reader's language."""
    return text.say(language())


def written(text: str) -> str:
    """A year, month or day as people write it, as precise as it is."""
    return localize(date_text(text))


def truth(text: str) -> str:
    """A truth value (XML Schema 1.1, part 2) as people say it."""
    return {"true": say(de="ja", en="yes"), "false": say(de="nein", en="no")}.get(text, text)


def lasting(text: str) -> str:
    """A duration of whole years or months (XML Schema 1.1, part 2) as people say it."""
    found = _DURATION.fullmatch(text)
    if not found:
        return text
    count, unit = int(found[1]), found[2]
    years = say(de="Jahr" if count == 1 else "Jahre", en="year" if count == 1 else "years")
    months = say(de="Monat" if count == 1 else "Monate", en="month" if count == 1 else "months")
    return f"{count} {years if unit == 'Y' else months}"


def number(text: str | int, ungrouped: int = MAX_UNGROUPED_DIGITS) -> str:
    """A number as it is written in the reader's language; with more digits than that in groups of three."""
    found = _NUMBER.fullmatch(str(text))
    if not found:
        return str(text)
    sign, whole, fraction = found.groups(default="")
    grouped = f"{int(whole):,}" if len(whole) > ungrouped else whole
    english = f"{sign}{grouped}{fraction}"
    return say(de=english.translate(_SWAPPED), en=english)


def phrase(row: Mapping[str, str], *, is_over: bool = False) -> str:
    """A time as part of a sentence, empty if none is stated; what is over, but has no end, does not last since then."""
    start, end = row.get("start"), row.get("end")
    if end and not start:
        return say(de=f"bis {date_text(end, 'zum').de}", en=f"until {written(end)}")
    if not start:
        period = row.get("periodLabel")
        return say(de=f"seit der Zeit der „{period}“", en=f"since the time of the “{period}”") if period else ""
    if not end and is_over:
        return say(de=f"ab {date_text(start, 'dem').de}", en=f"from {written(start)} on")
    if not end:
        return say(de=f"seit {date_text(start, 'dem').de}", en=f"since {written(start)}")
    if start == end:
        return say(
            de={4: "", 7: "im ", 10: "am "}[len(start)] + written(start),
            en=f"{'on' if is_day(start) else 'in'} {written(start)}",
        )
    since, until = ("vom" if is_day(start) else "von"), date_text(end, "zum").de
    return say(de=f"{since} {written(start)} bis {until}", en=f"from {written(start)} to {written(end)}")


def is_day(text: str) -> bool:
    """Whether a date names a day."""
    return len(text) == len("2024-03-01")


def vary(response: Response) -> Response:
    """Tell caches that Accept-Language decided, if anything was said in the language of the reader."""
    if "language" in g:
        response.vary.add("Accept-Language")
    return response


def init_app(app: Flask) -> None:
    """Give them to the templates, and mark what they were used for."""
    app.after_request(vary)
    app.jinja_env.globals.update(language=language, localize=localize, number=number, say=say, written=written)
