"""Metadata of the data: the catalogue (DCAT), VoID and citations, as pages and in formats, and as JSON-LD in pages."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import Any

from flask import Blueprint, Flask, Response, redirect
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ..catalogue import records
from ..catalogue.catalogue import catalogue as describe
from ..catalogue.publication import Licence, licence_of
from ..catalogue.records import Citation, Result, result_hash, structured_data
from ..catalogue.void import void as measure
from ..dataset.partitions import partitions
from ..engine import Query
from ..engine.errors import NotExplained, QueryTooExpensive
from ..engine.evidence import is_explained
from ..engine.query import RowSelection
from ..formats import JSON, JSON_LD, N_TRIPLES, RDF_FORMATS, TSV, Format
from ..model.evidence import Mark, weakest_marks
from ..terms import IQ, PARTITIONS, PREFIXES
from . import signposting, urls, views
from .http.language import format_date, language, localize, say
from .http.messages import NO_STORE, add_links, licence_link, text
from .http.negotiation import HTML, TEXT
from .http.problems import Problem, require_bundled
from .query import permalinks
from .query.endpoint import is_repeatable
from .query.protocol import MAX_EXPLAINED_ROWS
from .query.sparql import ask, read
from .representations import DOCUMENTS, rdf_response, route_formats
from .signposting import SCHEMA_ORG, publication
from .site import site

bp = Blueprint("catalogue", __name__)

# A client that accepts schema.org and JSON-LD alike gets what search engines read.
RECORDS = tuple(record for format in DOCUMENTS for record in ((SCHEMA_ORG, format) if format is JSON_LD else (format,)))
BIBTEX = Format("BibTeX", "bib", ("application/x-bibtex",))
RIS = Format("RIS", "ris", ("application/x-research-info-systems",))
WRITERS: dict[Format, Callable[[Citation], str]] = {
    TEXT: lambda citation: "".join(f"{line}\n" for line in records.text(citation)),
    BIBTEX: records.bibtex,
    RIS: records.ris,
}


@route_formats(bp, "/catalog", offers=RECORDS)
def catalogue(format: Format) -> Response:
    """The catalogue: datasets, files and service."""
    if format is SCHEMA_ORG:
        content = json.dumps(structured_data(publication(), language()), ensure_ascii=False, indent=2) + "\n"
        response = Response(content, content_type=SCHEMA_ORG.media_types[0])
    elif format is HTML:
        size = site().counts.triples if site().is_bundled else site().dataset.statements  # which is quick
        response = views.html("catalog.html", publication=publication(), formats=RDF_FORMATS, size=size)
    else:
        response = rdf_response(describe(publication()), format, _prefixes())
    signposting.mark(response)
    return response


@route_formats(bp, "/void", "/.well-known/void")  # VoID says where crawlers look for it
def void(format: Format) -> Response:
    """The statistics of the data."""
    # Counting reads every statement, and keeps a thread busy meanwhile.
    if site().dataset.is_large:
        raise Problem(
            "too-much",
            de="Die Daten dieses Servers sind zu groß, um sie hier zu zählen. Fragen Sie /sparql nach Zahlen.",
            en="The data of this server is too large to be counted here. Ask /sparql for numbers.",
        )
    dataset, counts, about = site().dataset, site().counts, publication()
    if format is HTML:
        tables: dict[str, list[Any]] = {
            "classes": [(number, views.link(term)) for term, number in counts.classes.items()],
            "properties": [(*use, views.link(term)) for term, use in counts.properties.items()],
            "links": [(number, host, views.link(name)) for (host, name), number in counts.links.items()],
        }
        for rows in tables.values():
            rows.sort(key=itemgetter(0), reverse=True)
        response = views.html("void.html", formats=RDF_FORMATS, counts=counts, **tables)
    else:
        # Class partitions by property: stored in our own data, computed for that of others.
        parts = list(dataset.triples(PARTITIONS)) if site().is_bundled else []
        if not parts:
            parts = list(partitions(dataset.store, about.data.iri, about.base, _prefixes()))
        response = rdf_response(measure(about, counts, _prefixes(), parts), format, _prefixes())
    add_links(response, licence_link(_licence()))
    return response


@route_formats(bp, "/dataset", offers=RECORDS)
def dataset(format: Format) -> AnyResponse:
    """A redirect from the IRI of the data to the catalogue, the document about it."""
    response = redirect(urls.document("catalog", format.extension), 303)
    signposting.mark(response)
    return response


@route_formats(bp, "/cite", offers=(*WRITERS, HTML))
def cite(format: Format) -> Response:
    """The citation of the data or, with a query, of its answer."""
    require_bundled()
    query, _ = read()
    result, marks = None, None
    if query and query.text.strip():
        rows = N_TRIPLES if query.has_graph else TSV
        content = ask(query, rows)
        count = content.count(b"\n") - (rows is TSV)
        shown = MAX_EXPLAINED_ROWS if count > MAX_EXPLAINED_ROWS else 0
        # The hash ignores the order of lines: the same rows are the same answer.
        digest = result_hash(content) if is_repeatable(query, site().engine) else ""
        marks = _marks(query, content.removesuffix(b"\n").split(b"\n"))
        sources = None if marks is None else [mark.iri for mark in marks]
        result = Result(query.text, urls.absolute(permalinks.permalink(query)), rows.extension, digest, sources, shown)
    # Between two releases the version contains a part of the hash, as in permalinks.
    about, release = replace(publication(), version=site().version), site().release
    if release:
        about = replace(about, modified=release.issued.isoformat())
    citation = Citation(about, site().digest, result)
    if format in WRITERS:
        response = Response(WRITERS[format](citation), content_type=text(format.media_types[0]))
    else:
        short = records.text(citation, has_proof=False)
        values = {"texts": records.text(citation), "short": short, "marks": marks or ()}
        response = views.html("cite.html", citation=citation, formats=list(WRITERS), **values)
    if result and not result.sha256:
        response.headers["Cache-Control"] = NO_STORE
    add_links(response, licence_link(_licence()))
    return response


def _marks(query: Query, lines: Sequence[bytes]) -> tuple[Mark, ...] | None:
    """The passages and sources behind the first lines of an answer; None if it is not explained, or not in time."""
    if not site().has_graphs or not is_explained(query):
        return None
    first = b"\n".join(sorted({*lines})[:MAX_EXPLAINED_ROWS] if query.has_graph else lines[: MAX_EXPLAINED_ROWS + 1])
    selection = RowSelection(limit=MAX_EXPLAINED_ROWS, answer=first + b"\n")
    try:
        document = json.loads(ask(replace(query, selection=selection), JSON))
    except (NotExplained, QueryTooExpensive):
        return None
    witnesses = [witness for row in views.with_members(document["rows"]) for witness in row["witnesses"]]
    contextual = [NamedNode(node) for witness in witnesses for node in witness.get("contextual", ())]
    others = chain.from_iterable(site().dataset.nodes(node, IQ.readWith) for node in contextual)
    marks = chain.from_iterable(map(views.evidence().witness_marks, witnesses))
    stated = [mark for mark in marks if mark.modality != "name"]
    # Some statements are read with the document.
    passages = {mark.passage for mark in stated if mark.passage}
    passages |= {*others}.intersection(site().dataset.instances(IQ.Passage))
    sources = (mark for mark in stated if not mark.passage and site().dataset.nodes(NamedNode(mark.iri), IQ.modality))
    return *views.evidence().passage_marks(passages), *weakest_marks(sources)


def attribution() -> str:
    """Title, version and licence of the data, for pictures elsewhere."""
    licence = _licence()
    parts = [localize(site().profile.title), f"Version {site().version}", licence.name if licence else ""]
    return ", ".join(filter(None, parts))


def attribution_with_date() -> str:
    """The attribution with the day of the version, for paper."""
    release = site().release
    issued = release.issued.isoformat() if release else site().model.modified
    return f"{attribution()}, {say(de='Stand', en='as of')} {format_date(issued)}"


def init_app(app: Flask) -> None:
    """Register the metadata that templates use, and the publication as schema.org."""
    app.jinja_env.globals |= {
        "data_block": lambda: structured_data(publication(), language()),
        "attribution": attribution,
        "attribution_with_date": attribution_with_date,
        "licence": _licence,
        "profile": lambda: site().profile,
        "is_searchable": lambda: site().is_searchable,
    }


def _licence() -> Licence | None:
    return licence_of(site().profile)


def _prefixes() -> dict[str, str]:
    """Our prefixes, and those of the data."""
    return {**PREFIXES, **site().dataset.prefixes}
