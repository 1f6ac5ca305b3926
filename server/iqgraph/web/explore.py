"""Finding: by words alone, as a page and as JSON; and things by words and facets, and a choice of them as a table.

Each state of the choice has an address and a query.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from ..dataset import UNION
from ..engine import Query
from ..errors import MAX_REPEATED_CHARS
from ..model.facets import FACETS, SPACES, Choice
from ..model.kinds import OTHER, by_slug, rank
from ..model.lookup import SORTS, Found
from ..model.wording import MAX_WORD_CHARACTERS, MAX_WORDS
from ..terms import BASE, DCAT, RDF, RDFS, SKOS
from . import urls, views
from .forms import choose
from .http.language import language, localize, say
from .http.negotiation import HTML, Page
from .http.parameters import choice as known_choice
from .http.parameters import paginate
from .http.problems import MAX_NEAREST, Problem, require_bundled, suggest
from .query import endpoint, sparql
from .site import memoized, site

bp = Blueprint("explore", __name__)

JSON = Page("JSON", "json", ("application/json",))
MAX_RESULTS, MAX_ALL_RESULTS = 10, 50
BOUNDS = MAX_WORDS, MAX_WORD_CHARACTERS
PAGE_SIZE = 40
MAX_VALUES = 12
MAX_COLUMNS = 8
RESERVED = ("IRI", "Name", "name", "thing", "label", "text", "code", "folded", "class")  # variables of the query itself
EXCLUDED = {RDF.type, RDFS.label, RDFS.seeAlso, SKOS.prefLabel}
Value = dict[str, str | int]


@bp.get("/search")
def search() -> Response:
    """What fits the words, as JSON for programs and as a page for browsers."""
    if not site().searchable:
        raise Problem(
            "not-found",
            de="Die Daten dieses Servers sind für die Suche zu groß. Fragen Sie sie unter /sparql ab.",
            en="The data of this server is too large for the search. Query it at /sparql.",
        )
    form = choose((JSON, HTML), request.args.get("format"))
    typed = request.args.get("q", "")
    found = site().model.lookup(language()).find(typed)
    sorts = [name for name, entries in found.sorts.items() if entries]
    shown = {"found": found, "sorts": sorts, "most": MAX_RESULTS, "wording": found.wording, "bounds": BOUNDS}
    response = views.html("search.html", typed=typed, **shown) if form is HTML else _json(typed, found)
    response.vary.add("Accept")
    return response


def _json(typed: str, found: Found) -> Response:
    wording = found.wording
    told: dict[str, object] = {
        "query": typed,
        "words": wording.words,
        "did_you_mean": wording.meant or None,
        "unknown": wording.unknown,
        "left_out": wording.left_out,
        "fits_all": found.fits,
        "version": site().version,
    }
    for name in SORTS:
        entries = found.sorts[name]
        results = [
            {
                "iri": one.node.value,
                "label": one.label,
                "kind": one.kind.slug,
                "kind_label": localize(one.kind.name),
                "description": views.described(one.node),
                "page": urls.absolute(urls.local(one.node.value)),
            }
            for one in entries[:MAX_ALL_RESULTS]
        ]
        told[name] = {"count": len(entries), "results": results}
    return Response(json.dumps(told, ensure_ascii=False, indent=2) + "\n", content_type=JSON.media_types[0])


@bp.get("/explore")
def explore() -> Response:
    """The things that fit, and what they could be narrowed down to; with columns, the table of them."""
    require_bundled()
    wording = site().model.lookup(language()).vocabulary.read(request.args.get("q", ""))
    choice = chosen(wording.words, request.args)
    if names := [name for name in request.args.getlist("column") if name]:
        query = Query(query_of(choice, columns(choice.kind, names)))
        kind = by_slug(choice.kind) or OTHER
        heading = say(de=f"{kind.plural.de} als Tabelle", en=f"{kind.plural.en} as a table")
        return sparql.page(
            query,
            sparql.ask(query, endpoint.page_format(query)),
            chosen=state(choice),
            heads={one.variable: one.label for one in offers(choice.kind)},
            heading=heading[:1].upper() + heading[1:],
        )
    shown = paginate(site().model.search(language()).find(choice), PAGE_SIZE)
    return views.html(
        "explore.html",
        state=state(choice),
        choices={name: value for name, value in state(choice).items() if name != "q"},
        query_of_choice=choice.query(language()),
        shown=shown,
        columns=offers(choice.kind) if choice.kind else [],
        max_columns=MAX_COLUMNS,
        wording=wording,
        bounds=BOUNDS,
        facets=[_facet(choice, name) for name in FACETS],
    )


def chosen(words: tuple[str, ...], given: Mapping[str, str]) -> Choice:
    """The words, and the facets in the address; a value is the last part of an IRI, and refused if nothing has it."""
    asked, search = {facet: given[facet] for facet in FACETS if given.get(facet)}, site().model.search(language())
    for facet, value in asked.items():
        start = "" if facet == "kind" else SPACES[facet].iri
        if not any(f"{start}{value}" in entry.values[facet] for entry in search.entries):
            # Those that something has are offered: of similar names, else the most frequent.
            counted = [iri for iri, _ in search.counts(Choice(), facet)]
            similar = [one for one in site().names.nearest(value[:MAX_REPEATED_CHARS], MAX_NEAREST) if one in counted]
            offered = [iri.removeprefix(start) for iri in similar or counted[:MAX_VALUES]]
            known_choice(facet, value, offered, remedy=suggest(offered) if similar else None)
    return Choice(words, **asked)


def _facet(choice: Choice, name: str) -> tuple[str, list[Value], list[Value]]:
    """A facet with the values that there are; those beyond the first ones open at a click.

    Of each it is told what it is called, how many things have it, and where choosing it or letting it go leads.
    """
    counts = site().model.search(language()).counts(choice, name)
    if name == "kind":
        counts.sort(key=lambda one: rank(by_slug(one[0])))
    if name == "period":
        counts.sort(key=lambda one: [str(day) for day in site().dataset.values(NamedNode(one[0]), DCAT.startDate)])
    found: list[Value] = []
    for value, things in counts:
        kind = by_slug(value) if name == "kind" else None
        label = localize(kind.plural) if kind else views.title(NamedNode(value)) or value.removeprefix(BASE)
        end = value.removeprefix(SPACES[name].iri) if name in SPACES else value
        is_chosen = getattr(choice, name) == end
        changed = state(choice) | {name: "" if is_chosen else end}
        address = urls.page("explore", **{key: one for key, one in changed.items() if one})
        found.append({"label": label, "things": things, "chosen": is_chosen, "address": address})
    shown = len(found) if name == "kind" else MAX_VALUES
    first = [value for number, value in enumerate(found) if value["chosen"] or number < shown]
    return name, first, [value for value in found if value not in first]


def state(choice: Choice) -> dict[str, str]:
    """What was chosen as parameters of an address."""
    every = {"q": " ".join(choice.words)} | {facet: getattr(choice, facet) for facet in FACETS}
    return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be chosen: the property, what it is called, how many things have it, and its variable."""

    name: str
    label: str
    things: int
    variable: str


def offers(kind: str) -> list[Column]:
    """The properties of the things of a kind that readers have words for, those of most things first."""
    return memoized(f"columns of {kind} in {language()}", lambda _: _offers(kind))


def _offers(kind: str) -> list[Column]:
    find = site().dataset.store.quads_for_pattern
    nodes = [entry.node for entry in site().model.search(language()).find(Choice(kind=kind))]
    counted = Counter(name for node in nodes for name in {quad.predicate for quad in find(node, None, None, UNION)})
    labels = {
        name: views.predicate_link(name).text for name in counted if views.has_words(name) and name not in EXCLUDED
    }
    named: dict[str, Column] = {}
    for name, label in sorted(labels.items(), key=lambda one: (-counted[one[0]], one[1])):
        first, *others = re.findall(r"[^\W_]+", label)
        word = first + "".join(other[0].upper() + other[1:] for other in others)
        variable = word if word not in (*named, *RESERVED) else f"{word}{len(named) + 1}"
        named[variable] = Column(site().model.short(name), label, counted[name], variable)
    return list(named.values())


def columns(kind: str, names: Sequence[str]) -> list[Column]:
    """The columns of these names; a problem if there are too many, or if the things of this kind have not one of them.

    Each kind has columns of its own, so without a kind there are none.
    """
    offered = {offer.name: offer for offer in offers(kind)} if kind else {}
    if not offered or len(names) > MAX_COLUMNS:
        raise Problem(
            "bad-request",
            de=f"Eine Tabelle zeigt Einträge einer Art: Nennen Sie auch kind, und höchstens {MAX_COLUMNS} Spalten.",
            en=f"A table shows entries of one kind. Give kind too, and at most {MAX_COLUMNS} columns.",
        )
    return [offered[known_choice("column", name, offered)] for name in dict.fromkeys(names)]


def query_of(choice: Choice, chosen: Sequence[Column]) -> str:
    """The query for what was chosen with the values of columns; their variables head the columns of a file."""
    return choice.query(language(), {one.variable: one.name for one in chosen})
