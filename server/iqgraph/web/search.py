"""The search for things, questions, passages and terms by words: one page, and the same as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from ..bilingual import Text
from ..model.lookup import Found
from ..model.search import Entry
from ..model.wording import MAX_WORD_CHARACTERS, MAX_WORDS, Wording
from . import urls, views
from .forms import choose
from .http.language import language, localize
from .http.negotiation import HTML, Page
from .http.problems import Problem
from .site import site

bp = Blueprint("search", __name__)

JSON = Page("JSON", "json", ("application/json",))
MAX_RESULTS = 10
MAX_ALL_RESULTS = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one sort: its name for programs and for readers, how many there are, and the first ones."""

    name: str
    title: Text
    count: int
    results: Sequence[Entry]


@bp.get("/search")
def search() -> Response:
    """What fits the words; JSON for whoever asks for it, for browsers a page."""
    if not site().searchable:
        raise Problem(
            "not-found",
            de="Die Daten dieses Servers sind für die Suche zu groß. Fragen Sie sie unter /sparql ab.",
            en="The data of this server is too large for the search. Query it at /sparql.",
        )
    form = choose((HTML, JSON), request.args.get("format"))
    lookup = site().model.lookup(language())
    wording = lookup.read(request.args.get("q", ""))
    found = lookup.find(wording.words)
    response = _page(wording, found) if form is HTML else _json(wording, found)
    response.vary.add("Accept")
    return response


def groups(found: Found, most: int) -> Iterator[Group]:
    """What was found, sort by sort."""
    for name, title, results in (
        ("things", Text(de="Einträge", en="Entries"), found.things),
        ("questions", Text(de="Fragen", en="Questions"), found.questions),
        ("passages", Text(de="Textstellen", en="Passages"), found.passages),
        ("terms", Text(de="Begriffe der Ontologie", en="Terms of the ontology"), found.terms),
    ):
        yield Group(name, title, len(results), results[:most])


def said(wording: Wording) -> dict[str, object]:
    """What the page tells of the words: what may have been meant, and what was not looked for."""
    return {"wording": wording, "max_words": MAX_WORDS, "max_word_characters": MAX_WORD_CHARACTERS}


def _page(wording: Wording, found: Found) -> Response:
    shown = [group for group in groups(found, MAX_RESULTS) if group.count]
    return views.html("search.html", typed=request.args.get("q", ""), found=found, groups=shown, **said(wording))


def _json(wording: Wording, found: Found) -> Response:
    told = {
        "query": request.args.get("q", ""),
        "words": wording.words,
        "did_you_mean": wording.meant or None,
        "unknown": wording.unknown,
        "left_out": wording.left_out,
        "fits_all": found.fits(wording),
        "version": site().version,
        **{
            one.name: {"count": one.count, "results": list(map(_told, one.results))}
            for one in groups(found, MAX_ALL_RESULTS)
        },
    }
    content = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    response = Response(content, content_type=JSON.media_types[0])
    response.vary.add("Accept-Language")  # which chooses the names
    return response


def _told(entry: Entry) -> dict[str, object]:
    """A result as a program gets it."""
    return {
        "iri": entry.node.value,
        "label": entry.label,
        "kind": entry.kind.slug,
        "kind_label": localize(entry.kind.name),
        "description": views.described(entry.node),
        "page": urls.absolute(urls.local(entry.node.value)),
    }
