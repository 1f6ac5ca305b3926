"""German or English: what a reader asked for."""

from typing import Literal

from flask import Flask, request

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("en", "de")


def language() -> Language:
    """The language of the page: `?lang=`, else what the browser prefers, else English."""
    asked = request.args.get("lang", "")
    best = asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en")
    return "de" if best == "de" else "en"


def say(german: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    return german if language() == "de" else english


def init_app(app: Flask) -> None:
    """Give both to the templates."""
    app.jinja_env.globals.update(language=language, say=say)
