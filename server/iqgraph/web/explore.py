"""Search and browsing: `/search` by words, as a page and as JSON; `/explore` by words and facets, also as a table.

Each choice in `/explore` has an address and a query.
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
from ..formats import Format
from ..model.facets import FACETS, SPACES, Choice
from ..model.kinds import OTHER, by_slug, rank
from ..model.lookup import CATEGORIES, Result
from ..model.wording import MAX_WORD_CHARACTERS, MAX_WORDS
from ..terms import BASE, DCAT, RDF, RDFS, SKOS
from . import urls, views
from .http.language import language, localize, say
from .http.negotiation import HTML
from .http.parameters import choice as known_choice
from .http.parameters import paginate
from .http.problems import MAX_NEAREST, Problem, require_bundled, suggest
from .query import endpoint, sparql
from .representations import choose
from .site import memoize, site

bp = Blueprint("explore", __name__)

JSON = Format("JSON", "json", ("application/json",))
MAX_RESULTS, MAX_ALL_RESULTS = 10, 50
BOUNDS = MAX_WORDS, MAX_WORD_CHARACTERS
PAGE_SIZE = 40
MAX_VALUES = 12
MAX_COLUMNS = 8
RESERVED = ("IRI", "Name", "name", "thing", "label", "text", "code", "folded", "class")  # variables of the query itself
EXCLUDED = {RDF.type, RDFS.label, RDFS.seeAlso, SKOS.prefLabel}


@bp.get("/search")
def search() -> Response:
    """The hits for some words, as JSON or as a page."""
    if not site().is_searchable:
        raise Problem(
            "not-found",
            de="Die Daten dieses Servers sind für die Suche zu groß. Fragen Sie sie unter /sparql ab.",
            en="The data of this server is too large for the search. Query it at /sparql.",
        )
    format = choose((JSON, HTML), request.args.get("format"))
    text = request.args.get("q", "")
    result = site().model.lookup(language()).find(text)
    if format is HTML:
        response = views.html("search.html", text=text, result=result, max_results=MAX_RESULTS, bounds=BOUNDS)
    else:
        response = _json(text, result)
    response.vary.add("Accept")
    return response


def _json(text: str, result: Result) -> Response:
    wording = result.wording
    content: dict[str, object] = {
        "query": text,
        "words": wording.words,
        "did_you_mean": wording.correction or None,
        "unknown": wording.unknown,
        "left_out": wording.ignored,
        "fits_all": result.is_exact,
        "version": site().version,
    }
    for category in CATEGORIES:
        entries = result.hits[category]
        results = [
            {
                "iri": entry.node.value,
                "label": entry.label,
                "kind": entry.kind.slug,
                "kind_label": localize(entry.kind.name),
                "description": views.description(entry.node),
                "page": urls.absolute(urls.local(entry.node.value)),
            }
            for entry in entries[:MAX_ALL_RESULTS]
        ]
        content[category] = {"count": len(entries), "results": results}
    return Response(json.dumps(content, ensure_ascii=False, indent=2) + "\n", content_type=JSON.media_types[0])


@bp.get("/explore")
def explore() -> Response:
    """The things that match a choice, and the facets to narrow it down; with columns, a table of the things."""
    require_bundled()
    wording = site().model.lookup(language()).vocabulary.parse(request.args.get("q", ""))
    choice = parse_choice(wording.words, request.args)
    kind = choice.values.get("kind", "")
    if names := [name for name in request.args.getlist("column") if name]:
        query, plural = Query(query_of(choice, columns(kind, names))), (by_slug(kind) or OTHER).plural
        heading = say(de=f"{plural.de} als Tabelle", en=f"{plural.en} as a table")
        return sparql.page(
            query,
            sparql.ask(query, endpoint.page_format(query)),
            chosen=parameters(choice),
            heads={column.variable: column.label for column in offers(kind)},
            heading=heading[:1].upper() + heading[1:],
        )
    return views.html(
        "explore.html",
        parameters=parameters(choice),
        hidden_fields=choice.values,
        facets={name: _facet_values(choice, name) for name in FACETS},
        max_values=MAX_VALUES,
        query=choice.query(language()),
        things=paginate(site().model.search(language()).find(choice), PAGE_SIZE),
        columns=offers(kind) if kind else [],
        max_columns=MAX_COLUMNS,
        wording=wording,
        bounds=BOUNDS,
    )


def parse_choice(words: tuple[str, ...], arguments: Mapping[str, str]) -> Choice:
    """The choice in an address; a facet value is the last segment of an IRI, and a problem if no thing has it."""
    values = {facet: arguments[facet] for facet in FACETS if arguments.get(facet)}
    search = site().model.search(language())
    for facet, value in values.items():
        space = "" if facet == "kind" else SPACES[facet].iri
        if not any(f"{space}{value}" in entry.values[facet] for entry in search.entries):
            # The problem lists similar values or, without any, the most frequent ones.
            known = [iri for iri, _ in search.counts(Choice(), facet)]
            similar = [iri for iri in site().names.nearest(value[:MAX_REPEATED_CHARS], MAX_NEAREST) if iri in known]
            suggestions = [iri.removeprefix(space) for iri in similar or known[:MAX_VALUES]]
            known_choice(facet, value, suggestions, remedy=suggest(suggestions) if similar else None)
    return Choice(words, values)


def parameters(choice: Choice) -> dict[str, str]:
    """The parameters of an address for a choice."""
    return {**({"q": " ".join(choice.words)} if choice.words else {}), **choice.values}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its label, how many things have it, and the address that selects or removes it."""

    label: str
    count: int
    is_active: bool
    address: str


def _facet_values(choice: Choice, name: str) -> list[FacetValue]:
    """The values of a facet that narrow the choice down, the active one first."""
    counts = site().model.search(language()).counts(choice, name)
    if name == "kind":
        counts.sort(key=lambda pair: rank(by_slug(pair[0])))
    if name == "period":
        counts.sort(key=lambda pair: [str(day) for day in site().dataset.values(NamedNode(pair[0]), DCAT.startDate)])
    values = []
    for value, count in counts:
        kind = by_slug(value) if name == "kind" else None
        label = localize(kind.plural) if kind else views.title(NamedNode(value)) or value.removeprefix(BASE)
        slug = value.removeprefix(SPACES[name].iri) if name in SPACES else value
        is_active = choice.values.get(name) == slug
        changes = parameters(choice) | {name: "" if is_active else slug}
        address = urls.page("explore", **{key: slug for key, slug in changes.items() if slug})
        values.append(FacetValue(label, count, is_active, address))
    return values if name == "kind" else sorted(values, key=lambda value: not value.is_active)


@dataclass(frozen=True, slots=True)
class Column:
    """A column for a table: the property, its label, how many things have it, and its variable."""

    name: str
    label: str
    count: int
    variable: str


def offers(kind: str) -> list[Column]:
    """The columns for things of a kind: their properties with a label, the most frequent first."""
    return memoize(f"columns of {kind} in {language()}", lambda _: _offers(kind))


def _offers(kind: str) -> list[Column]:
    find = site().dataset.store.quads_for_pattern
    nodes = [entry.node for entry in site().model.search(language()).find(Choice(values={"kind": kind}))]
    counts = Counter(name for node in nodes for name in {quad.predicate for quad in find(node, None, None, UNION)})
    names = [name for name in counts if views.has_words(name) and name not in EXCLUDED]
    labels = {name: views.predicate_link(name).text for name in names}
    columns: dict[str, Column] = {}
    for name, label in sorted(labels.items(), key=lambda pair: (-counts[pair[0]], pair[1])):
        first, *others = re.findall(r"[^\W_]+", label)
        word = first + "".join(other[0].upper() + other[1:] for other in others)
        variable = word if word not in (*columns, *RESERVED) else f"{word}{len(columns) + 1}"
        columns[variable] = Column(site().model.short(name), label, counts[name], variable)
    return list(columns.values())


def columns(kind: str, names: Sequence[str]) -> list[Column]:
    """The columns with some names; a problem if there are too many, no kind, or one that its things do not have."""
    by_name = {column.name: column for column in offers(kind)} if kind else {}
    if not by_name or len(names) > MAX_COLUMNS:
        raise Problem(
            "bad-request",
            de=f"Eine Tabelle zeigt Einträge einer Art: Nennen Sie auch kind, und höchstens {MAX_COLUMNS} Spalten.",
            en=f"A table shows entries of one kind. Give kind too, and at most {MAX_COLUMNS} columns.",
        )
    return [by_name[known_choice("column", name, by_name)] for name in dict.fromkeys(names)]


def query_of(choice: Choice, columns: Sequence[Column]) -> str:
    """The query for the things that match a choice, with the values of columns."""
    return choice.query(language(), {column.variable: column.name for column in columns})
