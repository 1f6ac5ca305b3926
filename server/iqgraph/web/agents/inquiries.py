"""The functions of the tools for agents, answered from the model of the data or by the engine.

A result is a list, truncated to a size limit; it says whether there are more items, and how to request them from the
same version of the data.
"""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pyoxigraph import Literal, NamedNode

from ...bilingual import Text, sentences
from ...dataset import Term
from ...engine import Query
from ...engine.nearest import local
from ...engine.neighbourhood import find, neighbourhood
from ...engine.query import RowSelection
from ...formats import JSON, N_TRIPLES, TSV
from ...model.questions import topic_of
from ...model.search import Entry
from .. import views
from ..http.language import language, localize
from ..http.problems import Problem, suggest, unknown_name
from ..query.protocol import with_current_names
from ..query.sparql import ask
from ..query.vocabulary import unknown_terms
from ..site import site

Object = dict[str, Any]
Arguments = Mapping[str, Any]
MAX_ANSWER_BYTES = 1 << 15
MAX_ENVELOPE_BYTES = 1 << 10


def search(arguments: Arguments) -> Object:
    """Search things, questions, passages and terms by words."""
    found = site().model.lookup(language()).find(arguments["words"])
    wording = found.wording
    head = {"did_you_mean": wording.correction, "unknown_words": list(wording.unknown), "fits_all": found.is_exact}
    results = [_search_result(sort.removesuffix("s"), hit) for sort, hits in found.hits.items() for hit in hits]
    return list_result(head, "results", results, arguments)


def _search_result(sort: str, entry: Entry) -> Object:
    kind = localize(entry.kind.name) if sort == "thing" else ""
    name = local(entry.node.value) if sort == "question" else ""
    result = {"iri": entry.node.value, "name": name, "label": entry.label, "kind": kind}
    result["description"] = views.description(entry.node)
    return {"sort": sort} | {key: value for key, value in result.items() if value}


def describe(arguments: Arguments) -> Object:
    """Return the statements about a thing, with their sources."""
    node = _resolve(arguments["thing"])
    about, model = neighbourhood(site().dataset, node), site().model

    def short(term: Term) -> str:
        return model.short(term) if isinstance(term, NamedNode) else str(term)

    rows = []
    for triple in (*about.statements, *about.incoming):
        other = triple.object if triple.subject == node else triple.subject
        marks = views.evidence().marks(triple)
        rows.append(
            {
                "subject": short(triple.subject),
                "property": short(triple.predicate),
                "value": short(triple.object),
                "label": views.title(other) if isinstance(other, NamedNode) else "",
                "sources": [f"{mark.text} ({mark.modality}) {short(NamedNode(mark.iri))}" for mark in marks],
            }
        )
    rows.sort(key=lambda row: all("(derived)" in source for source in row["sources"]))
    head = {"iri": node.value, "label": views.title(node), "kind": localize(model.kind(node).name)}
    return list_result(head, "statements", rows, arguments)


def _resolve(text: str) -> NamedNode:
    """Return the thing with this IRI or prefixed name."""
    prefix, _, name = text.strip("<>").partition(":")
    iri = site().dataset.prefixes[prefix] + name if prefix in site().dataset.prefixes else text.strip("<>")
    if node := find(site().dataset, iri):
        return node
    nearest, tool = site().names.nearest(local(iri), 3), "search" if site().is_searchable else "query"
    remedy = Text(
        de=f"Suchen Sie die IRI mit {tool}; iqgraph://prefixes nennt die Präfixe.",
        en=f"Look the IRI up with {tool}; iqgraph://prefixes lists the prefixes.",
    )
    raise unknown_name(Text(de="Ein Ding", en="thing"), text, nearest, remedy=sentences(suggest(nearest), remedy))


def list_questions(arguments: Arguments) -> Object:
    """List the prepared questions: all, or those that match some words, the best match first."""
    by_slug = site().model.questions.by_slug
    questions = list(by_slug.values())
    if words := arguments.get("words"):
        hits = site().model.lookup(language()).find(words).hits["questions"]
        questions = [by_slug[local(hit.node.value)] for hit in hits]
    rows = [
        {"name": question.slug, "question": localize(question.title), "topic": localize(topic_of(question))}
        for question in questions
    ]
    return list_result({}, "questions", rows, arguments)


def answer_question(arguments: Arguments) -> Object:
    """Answer a prepared question, and return its query too."""
    name, by_slug = arguments["name"], site().model.questions.by_slug
    if name not in by_slug:
        nearest = get_close_matches(name, by_slug, 3)
        what = Text(de="Eine vorbereitete Frage", en="prepared question")
        remedy = Text(de="list_questions nennt alle Namen.", en="list_questions gives all names.")
        raise unknown_name(what, name, nearest, remedy=sentences(suggest(nearest), remedy))
    question = by_slug[name]
    answer = site().model.questions.answer(question.slug, language())
    head = {
        "question": localize(question.title),
        "columns": [localize(column.head) for column in answer.columns],
        "truth": answer.truth,
        "query": answer.query,
        "passages": [node.value for node in question.passages],
        "sources": [node.value for node in question.sources],
    }
    return list_result(head, "rows", [list(map(_cell, row)) for row in answer.rows], arguments)


def _cell(term: Term | None) -> str:
    """Return a value as text, an IRI in angle brackets."""
    return "" if term is None else term.value if isinstance(term, Literal) else str(term)


def query(arguments: Arguments) -> Object:
    """Answer a query with rows; statements are rows of three."""
    parsed_query = _parse(arguments["query"])
    if parsed_query.form == "ASK":
        truth = json.loads(ask(parsed_query, JSON))["boolean"]
        return list_result({"columns": [], "truth": truth, "unknown_terms": {}}, "rows", [], arguments)
    format = N_TRIPLES if parsed_query.has_graph else TSV
    lines = ask(parsed_query, format).decode().removesuffix("\n").split("\n")
    if parsed_query.has_graph:
        # one space separates terms: https://www.w3.org/TR/n-triples/#canonical-ntriples
        rows = [line.removesuffix(" .").split(" ", 2) for line in lines if line]
        columns = ["subject", "predicate", "object"]
    else:
        # tabs and line breaks in values are escaped: https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv-terms
        columns, rows = [name[1:] for name in lines[0].split("\t")], [line.split("\t") for line in lines[1:]]
    unknown = {} if rows else unknown_terms(parsed_query.text)
    return list_result({"columns": columns, "truth": None, "unknown_terms": unknown}, "rows", rows, arguments)


def _parse(text: str, rows: RowSelection | None = None) -> Query:
    """Return a query with current IRIs where the current version of the bundled data is asked."""
    parsed_query = Query(text, selection=rows)
    return with_current_names(parsed_query) if site().is_bundled and not site().release else parsed_query


def evidence(arguments: Arguments) -> Object:
    """Return the evidence for the rows of an answer."""
    start, limit = arguments.get("offset", 0), arguments.get("limit", 10)
    # one row more than the limit, to know whether there are more
    selection = RowSelection(tuple(arguments.get("rows", ())), limit + 1, start)
    document = json.loads(ask(_parse(arguments["query"], selection), JSON))
    for witness in (witness for row in views.with_members(document["rows"]) for witness in row["witnesses"]):
        marks = views.evidence().witness_marks(witness)
        witness["cite"] = [{"support": mark.modality, "title": mark.title, "iri": mark.iri} for mark in marks]
    result = list_result({"variables": document["variables"]}, "rows", document["rows"], {})
    rows = result["rows"] if arguments.get("rows") else result["rows"][:limit]
    if len(rows) == len(document["rows"]):
        return result
    next_call = {"offset": start + len(rows), "version": site().version}
    return result | {"rows": rows, "total": None, "truncated": True, "next": next_call}


def list_result(head: Object, name: str, items: Sequence[Any], arguments: Arguments) -> Object:
    """Return a list, truncated to the size limit, with the arguments that continue it."""
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
    next_call = {"offset": end, "version": site().version} if is_cut else None
    tail = {"total": len(items), "truncated": is_cut, "next": next_call, "version": site().version}
    return {**head, name: list(items[start:end]), **tail}


def _size(item: object) -> int:
    """Return the bytes that an item takes in a result, which contains it as values and as text."""
    text = json.dumps(item, ensure_ascii=False)
    # The text is JSON in a string of JSON, which escapes its quotation marks.
    return len(text.encode()) + len(json.dumps(text, ensure_ascii=False).encode()) + 4
