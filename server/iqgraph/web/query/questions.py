"""The pages of the questions: all by topic, and each with its answer first."""

from dataclasses import dataclass, replace

from flask import Response, request
from pyoxigraph import Literal

from ...dataset import Term
from ...dataset.questions import Question
from ...engine import Query
from ...engine.evidence import is_explained
from ...formats import RDF_FORMATS
from ...model.questions import Answer
from .. import urls, views
from ..http.language import language, localize, say
from ..http.parameters import choice, view
from ..site import site
from ..views import Link
from . import endpoint
from .snippets import keys, snippets

MAX_FIRST_ROWS = 30  # on a phone each is a paragraph; all of them are one click away
MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a reader sees it, and the text by which its column is sorted."""

    link: Link
    key: str


def index() -> Response:
    """All questions by topic."""
    return views.html("questions.html", topics=site().model.questions.by_topic())


def page(question: Question) -> Response:
    """A question with its answer, what the answer rests on, and below that the query and the files."""
    questions = site().model.questions
    answer = questions.answer(question.slug, language())
    query = Query(answer.query)
    rows = request.args.get("rows")
    shown = answer.rows if rows and choice("rows", rows, ("all",)) else answer.rows[:MAX_FIRST_ROWS]
    return views.html(
        "question.html",
        question=question,
        answer=answer,
        rows=[[_cell(term) for term in row] for row in shown],
        count=len(answer.rows),
        view=view(),
        heads=heads(question),
        related=[questions.by_slug[slug] for slug in question.related],
        has_pairs=any(column.is_pair for column in answer.columns),
        is_explained=site().has_graphs and is_explained(query),
        explained=endpoint.MAX_ROWS,
        formats=query.formats,
        forms=RDF_FORMATS,
        permalink=urls.pinned(f"q/{question.slug}"),
        snippets=snippets(f"{urls.host()}/sparql", answer.query, keys=_keys(answer)) if answer.truth is None else [],
    )


def heads(question: Question) -> dict[str, str]:
    """What the variables of a question are called where its answer is drawn."""
    columns = site().model.questions.answer(question.slug, language()).columns
    return {name: localize(column.head) for column in columns for name in column.variables}


def in_a_line(question: Question) -> str:
    """The answer to a question in a few words: a single row with its heads, of more rows what stands first in them."""
    answer = site().model.questions.answer(question.slug, language())
    if answer.truth is not None:
        return say(de="Ja", en="Yes") if answer.truth else say(de="Nein", en="No")
    if len(answer.rows) == 1:
        cells = zip(answer.columns, map(_cell, answer.rows[0]), strict=True)
        return "; ".join(f"{localize(column.head)}: {cell.link.text}" for column, cell in cells if cell)
    first = list(dict.fromkeys(cell.link.text for row in answer.rows if (cell := _cell(row[0]))))
    more = len(first) - MAX_NAMES
    rest = [say(de=f"und {more} weitere", en=f"and {more} more")] if more > 0 else []
    return "; ".join([*first[:MAX_NAMES], *rest])


def _keys(answer: Answer) -> list[str]:
    """The columns in which a text looks like a number."""
    names = [column.variables[0] for column in answer.columns]
    return keys(
        {
            name: {"type": "literal", "value": term.value, "datatype": term.datatype.value}
            for name, term in zip(names, row, strict=True)
            if isinstance(term, Literal)
        }
        for row in answer.rows
    )


def _cell(term: Term | None) -> Cell | None:
    if term is None:
        return None
    if not isinstance(term, Literal):
        link = views.link(term)
        return Cell(link, link.text)
    link = views.link(term)
    if term.language == language() and (thing := site().model.search(language()).called(term.value)):
        link = replace(link, address=urls.local(thing.value))
    return Cell(link, term.value)
