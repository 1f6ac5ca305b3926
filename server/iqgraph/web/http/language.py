"""The language of a response, German or English, and dates and numbers formatted in it."""

import re
from collections.abc import Mapping
from functools import lru_cache

from flask import Flask, Response, g, request

from ...bilingual import Language, Text, date_text
from .negotiation import parse_qualities

_DURATION = re.compile(r"P(\d+)([YM])")
_NUMBER = re.compile(r"([+-]?)(\d+)(\.\d+)?")
_GERMAN, _ENGLISH = str.maketrans(".,-", ",.\N{MINUS SIGN}"), str.maketrans("-", "\N{MINUS SIGN}")
MAX_UNGROUPED_DIGITS = 4  # often a year
LANGUAGES: tuple[Language, ...] = ("en", "de")


def requested_language() -> Language | None:
    """Return the language that `?lang=` asks for, if any."""
    parameter = request.args.get("lang", "")
    return next((tag for tag in LANGUAGES if tag == parameter), None)


# Browsers send few different values; the limit is for clients that send a new one each time.
@lru_cache(256)
def negotiate_language(accept_language: str) -> Language:
    """Return the language for an Accept-Language header: English, unless German has a higher weight or comes first.

    A range matches by its primary subtag (RFC 4647, section 3.4); `*` matches the language that is not listed.
    """
    qualities: dict[str, float] = {}
    for value, quality in parse_qualities(accept_language):
        qualities.setdefault(value.partition("-")[0], quality)
    acceptable = [tag for value, quality in qualities.items() if quality for tag in LANGUAGES if tag == value]
    return max([*acceptable, *LANGUAGES], key=lambda tag: qualities.get(tag, qualities.get("*", 0.0)))


def language() -> Language:
    """Return the language of this response: as requested, else as the client prefers; negotiated once per request."""
    tag: Language | None = g.get("language")
    if tag is None:
        tag = g.language = requested_language() or negotiate_language(request.headers.get("Accept-Language", ""))
    return tag


def set_language(tag: Language) -> None:
    """Answer this request in a language, whatever its URL and headers ask for."""
    g.language = tag


def say(*, de: str, en: str) -> str:
    """Return the text in the language of the response."""
    return de if language() == "de" else en


def localize(text: Text) -> str:
    """Return a text in the language of the response."""
    return text.say(language())


def format_date(text: str) -> str:
    """Write out a year, month or day without changing its precision."""
    return localize(date_text(text))


def format_boolean(text: str) -> str:
    """Write an `xsd:boolean` as a word."""
    return {"true": say(de="ja", en="yes"), "false": say(de="nein", en="no")}.get(text, text)


def format_duration(text: str) -> str:
    """Write out an `xsd:duration` of whole years or months."""
    match = _DURATION.fullmatch(text)
    if not match:
        return text
    count, unit = int(match[1]), match[2]
    years = say(de="Jahr" if count == 1 else "Jahre", en="year" if count == 1 else "years")
    months = say(de="Monat" if count == 1 else "Monate", en="month" if count == 1 else "months")
    return f"{count} {years if unit == 'Y' else months}"


def format_number(text: str | int, max_ungrouped_digits: int = MAX_UNGROUPED_DIGITS) -> str:
    """Write a number with a minus sign and the separators of the language; more digits are grouped by thousands."""
    match = _NUMBER.fullmatch(str(text))
    if not match:
        return str(text)
    sign, integer, fraction = match.groups(default="")
    digits = f"{int(integer):,}" if len(integer) > max_ungrouped_digits else integer
    number = f"{sign}{digits}{fraction}"
    return say(de=number.translate(_GERMAN), en=number.translate(_ENGLISH))


def time_phrase(row: Mapping[str, str], *, is_over: bool = False) -> str:
    """Write a time as part of a sentence, empty if none is stated; "since" is avoided if it `is_over`."""
    start, end = row.get("start"), row.get("end")
    if end and not start:
        return say(de=f"bis {date_text(end, 'zum').de}", en=f"until {format_date(end)}")
    if not start:
        period = row.get("periodLabel")
        return say(de=f"seit der Zeit der „{period}“", en=f"since the time of the “{period}”") if period else ""
    if not end and is_over:
        return say(de=f"ab {date_text(start, 'dem').de}", en=f"from {format_date(start)} on")
    if not end:
        return say(de=f"seit {date_text(start, 'dem').de}", en=f"since {format_date(start)}")
    if start == end:
        return say(
            de={4: "", 7: "im ", 10: "am "}[len(start)] + format_date(start),
            en=f"{'on' if is_day(start) else 'in'} {format_date(start)}",
        )
    since, until = ("vom" if is_day(start) else "von"), date_text(end, "zum").de
    return say(de=f"{since} {format_date(start)} bis {until}", en=f"from {format_date(start)} to {format_date(end)}")


def is_day(text: str) -> bool:
    """Whether a date is a day, not a year or month."""
    return len(text) == len("2024-03-01")


def add_vary(response: Response) -> Response:
    """Add Accept-Language to Vary if the response depends on it."""
    if "language" in g:
        response.vary.add("Accept-Language")
    return response


def init_app(app: Flask) -> None:
    """Provide the functions to the templates, and add Vary to the responses."""
    app.after_request(add_vary)
    app.jinja_env.globals.update(
        language=language, localize=localize, number=format_number, say=say, written=format_date
    )
