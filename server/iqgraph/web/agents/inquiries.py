"""What agents inquire about: how each tool has its answer, from the model of the data or from the engine.

An answer is a list of which so much is sent as fits; it says whether there is more, and how to go on in the same
version of the data.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from flask import request
from pyoxigraph import Literal, NamedNode

from ...bilingual import Text, sentences
from ...dataset import Term
from ...engine import Query
from ...engine.nearest import local
from ...engine.neighbourhood import find, neighbourhood
from ...engine.query import Wanted
from ...formats import JSON, N_TRIPLES, TSV, Format
from ...model.questions import topic_of
from ...model.search import Entry
from .. import views
from ..http.language import language, localize
from ..http.problems import Problem, suggest, unlisted
from ..query.protocol import with_current_names
from ..site import site

Object = dict[str, Any]
Arguments = Mapping[str, Any]
MAX_ANSWER_BYTES = 1 << 15
MAX_ENVELOPE_BYTES = 1 << 10


def search(arguments: Arguments) -> Object:
    """Whatever the words find, sort by sort; to words that are a question, questions come first."""
    found = site().model.lookup(language()).find(arguments["words"])
    wording = found.wording
    head = {"did_you_mean": wording.meant, "unknown_words": list(wording.unknown), "fits_all": found.fits}
    results = [_result(sort.removesuffix("s"), one) for sort, entries in found.sorts.items() for one in entries]
    return bounded(head, "results", results, arguments)


def _result(sort: str, entry: Entry) -> Object:
    kind = localize(entry.kind.name) if sort == "thing" else ""
    name = local(entry.node.value) if sort == "question" else ""
    told = {"iri": entry.node.value, "name": name, "label": entry.label, "kind": kind}
    told["description"] = views.described(entry.node)
    return {"sort": sort} | {key: value for key, value in told.items() if value}


def describe(arguments: Arguments) -> Object:
    """What is said of a thing, and who says it."""
    node = _node(arguments["thing"])
    told, model = neighbourhood(site().dataset, node), site().model

    def short(term: Term) -> str:
        return model.short(term) if isinstance(term, NamedNode) else str(term)

    rows = [
        {
            "subject": short(one.subject),
            "property": short(one.predicate),
            "value": short(one.object),
            "label": views.title(other) if isinstance(other, NamedNode) else "",
            "sources": [
                f"{mark.text} ({mark.how}) {short(NamedNode(mark.iri))}" for mark in views.evidence().marks(one)
            ],
        }
        for one in (*told.statements, *told.incoming)
        for other in [one.object if one.subject == node else one.subject]
    ]
    rows.sort(key=lambda row: all("(derived)" in one for one in row["sources"]))
    head = {"iri": node.value, "label": views.title(node), "kind": localize(model.kind(node).name)}
    return bounded(head, "statements", rows, arguments)


def _node(given: str) -> NamedNode:
    """A thing by its IRI, or its name with a prefix."""
    prefix, _, name = given.strip("<>").partition(":")
    iri = site().dataset.prefixes[prefix] + name if prefix in site().dataset.prefixes else given.strip("<>")
    if found := find(site().dataset, iri):
        return found
    near, tool = site().names.nearest(local(iri), 3), "search" if site().searchable else "query"
    look = Text(
        de=f"Suchen Sie die IRI mit {tool}; iqgraph://prefixes nennt die Präfixe.",
        en=f"Look the IRI up with {tool}; iqgraph://prefixes has the prefixes.",
    )
    raise unlisted(Text(de="Ein Ding", en="thing"), given, near, remedy=sentences(suggest(near), look))


def list_questions(arguments: Arguments) -> Object:
    """The prepared questions: all by name, or those on some words, the most fitting first."""
    known = site().model.questions.by_slug
    asked = list(known.values())
    if words := arguments.get("words"):
        asked = [known[local(one.node.value)] for one in site().model.lookup(language()).find(words).sorts["questions"]]
    rows = [{"name": one.slug, "question": localize(one.title), "topic": localize(topic_of(one))} for one in asked]
    return bounded({}, "questions", rows, arguments)


def answer_question(arguments: Arguments) -> Object:
    """The answer to a prepared question, with the query that gives it."""
    name, known = arguments["name"], site().model.questions.by_slug
    if name not in known:
        near = get_close_matches(name, known, 3)
        what = Text(de="Eine vorbereitete Frage", en="prepared question")
        all_names = Text(de="list_questions nennt alle Namen.", en="list_questions gives all names.")
        raise unlisted(what, name, near, remedy=sentences(suggest(near), all_names))
    question = known[name]
    answer = site().model.questions.answer(question.slug, language())
    rows = [list(map(_shown, row)) for row in answer.rows]
    head = {
        "question": localize(question.title),
        "columns": [localize(column.head) for column in answer.columns],
        "truth": answer.truth,
        "query": answer.query,
        "passages": [one.value for one in question.passages],
        "sources": [one.value for one in question.sources],
    }
    return bounded(head, "rows", rows, arguments)


def _shown(term: Term | None) -> str:
    """A value as text; an IRI is in brackets, as a query has it."""
    return "" if term is None else term.value if isinstance(term, Literal) else str(term)


def query(arguments: Arguments) -> Object:
    """The answer of the engine to a query, as rows; statements are rows of three."""
    asked = _query(arguments["query"])
    if asked.form == "ASK":
        truth = json.loads(_ask(asked, JSON))["boolean"]
        return bounded({"columns": [], "truth": truth}, "rows", [], arguments)
    form = N_TRIPLES if asked.has_graph else TSV
    lines = _ask(asked, form).decode().removesuffix("\n").split("\n")
    if asked.has_graph:
        # one space stands between terms: https://www.w3.org/TR/n-triples/#canonical-ntriples
        rows = [line.removesuffix(" .").split(" ", 2) for line in lines if line]
        columns = ["subject", "predicate", "object"]
    else:
        # a tab or a line break in a value is escaped: https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv-terms
        columns, rows = [one[1:] for one in lines[0].split("\t")], [line.split("\t") for line in lines[1:]]
    return bounded({"columns": columns, "truth": None}, "rows", rows, arguments)


def _query(text: str) -> Query:
    release = site().release
    asked = Query(text, version=release.version if release else "")
    return with_current_names(asked) if site().bundled and not release else asked


def _ask(asked: Query, form: Format) -> bytes:
    return site().engine.answer(asked, form, request.remote_addr or "")


def evidence(arguments: Arguments) -> Object:
    """What the rows of an answer rest on."""
    asked = _query(arguments["query"])
    start, limit = arguments.get("offset", 0), arguments.get("limit", 10)
    wanted = Wanted(tuple(arguments.get("rows", ())), limit + 1, start)  # one row more tells whether there are others
    found = json.loads(_ask(replace(asked, wanted=wanted), JSON))
    rows = found["rows"]
    for row in rows:
        witnesses = [one for part in (row, *row.get("members", ())) for one in part["witnesses"]]
        iris = dict.fromkeys(iri for one in witnesses for iri in (*one["passages"], *one["sources"]))
        row["names"] = {iri: views.title(NamedNode(iri)) for iri in iris}
    told = bounded({"variables": found["variables"]}, "rows", rows, {})
    kept = told["rows"] if arguments.get("rows") else told["rows"][:limit]
    if len(kept) == len(rows):
        return told
    following = {"offset": start + len(kept), "version": site().version}
    return told | {"rows": kept, "total": None, "truncated": True, "next": following}


def bounded(head: Object, name: str, items: Sequence[Any], arguments: Arguments) -> Object:
    """An answer with as many items as fit, and how to go on; each counts twice, since it is sent as text too."""
    start = min(arguments.get("offset", 0), len(items))
    room, end = MAX_ANSWER_BYTES - MAX_ENVELOPE_BYTES - _size(head), start
    while end < len(items) and (room := room - _size(items[end])) >= 0:
        end += 1
    is_cut = end < len(items)
    if is_cut and end == start:
        raise Problem(
            "too-much",
            de=f"Schon das Element {start} passt nicht in eine Antwort von {MAX_ANSWER_BYTES >> 10} KiB. "
            "Fragen Sie nach weniger, etwa ohne GROUP_CONCAT, mit SUBSTR oder weniger Spalten.",
            en=f"Item {start} alone does not fit into an answer of {MAX_ANSWER_BYTES >> 10} KiB. "
            "Ask for less, for instance without GROUP_CONCAT, with SUBSTR, or for fewer columns.",
        )
    following = {"offset": end, "version": site().version} if is_cut else None
    told = {"total": len(items), "truncated": is_cut, "next": following, "version": site().version}
    return {**head, name: list(items[start:end]), **told}


def _size(item: object) -> int:
    text = json.dumps(item, ensure_ascii=False)
    # As text the item is a string of JSON inside JSON, whose quotation marks are escaped once more.
    return len(text.encode()) + len(json.dumps(text, ensure_ascii=False).encode()) + 4
