"""The tools of agents: what each is for, what it takes and what it gives; all of them only read."""

from collections.abc import Mapping

from ..http.language import localize
from ..query.endpoint import MAX_ROWS
from ..site import site
from .calls import MAX_OFFSET, Object, Tool, integer, string
from .inquiries import answer_question, describe, evidence, list_questions, query, search

OURS = (
    "Search first, with search. If a prepared question fits, answer_question gives the tested answer; else write a "
    "query of your own (read iqgraph://model and iqgraph://ontology before). Name for each statement its passage or "
    "source; evidence finds it. Questions and answers may be German or English."
)
OF_ANYBODY = (
    "Ask with query, for instance first for the classes and properties that there are; describe tells what is said of "
    "a thing, evidence which named graphs a row rests on; where there is search, it finds things by their names."
)
USE = (
    "If truncated is true, call the same tool again with the values of next added. What is not in the data, the data "
    "does not know: add nothing."
)


def _list_of(*names: str) -> Object:
    """The schema of a list of objects that have such texts."""
    return {"type": "array", "items": {"type": "object", "required": list(names)}}


ROWS: Object = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
NAMES: Object = {"type": "array", "items": {"type": "string"}}
TRUTH: Object = {"type": ["boolean", "null"]}
WORDS = string("German or English words, names or codes; slips of a letter or two are put right.", 1000)
SPARQL = string("SPARQL 1.1 with its PREFIX lines; the resource iqgraph://prefixes has them all.")
TEXT: Object = {"type": "string"}
TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Finds things (with their IRI), and of the bundled graph prepared questions (with the name for "
            "answer_question), passages and terms of the ontology; to words that are a question, questions come "
            "first. Begin here; never guess an IRI. did_you_mean has slips that were put right, unknown_words what "
            "occurs nowhere; if fits_all is false, they do not fit just as they were typed.",
            {"words": WORDS},
            {},
            {
                "did_you_mean": TEXT,
                "unknown_words": NAMES,
                "fits_all": {"type": "boolean"},
                "results": _list_of("sort", "iri", "label"),
            },
            search,
        ),
        Tool(
            "list_questions",
            "Lists the prepared questions with name and topic, all or those on some words. Their answers are tested, "
            "so look here before you write a query of your own.",
            {},
            {"words": WORDS},
            {"questions": _list_of("name", "question", "topic")},
            list_questions,
            ours=True,
        ),
        Tool(
            "answer_question",
            "Answers a prepared question: rows under heads, where an empty cell means that no source says it; of a "
            "yes-or-no question, truth. passages and sources are those that speak of it; on which of them a row rests, "
            "evidence tells, given query. You may vary query, too.",
            {"name": string("Name of the question, as search and list_questions give it.", 200)},
            {},
            {
                "question": TEXT,
                "columns": NAMES,
                "rows": ROWS,
                "truth": TRUTH,
                "query": TEXT,
                "passages": NAMES,
                "sources": NAMES,
            },
            answer_question,
            ours=True,
        ),
        Tool(
            "describe",
            "Tells all that is said of a thing, a term, a passage or a source, and what points to it: each statement "
            "with the name of what it links, and with its sources (number of the passage or name of the source, kind "
            "of support, IRI). IRIs are shortened by the prefixes of iqgraph://prefixes.",
            {"thing": string("IRI, or a name with one of the prefixes as in SPARQL.", 2000)},
            {},
            {
                "iri": TEXT,
                "label": TEXT,
                "kind": TEXT,
                "statements": _list_of("subject", "property", "value", "label", "sources"),
            },
            describe,
        ),
        Tool(
            "query",
            'Answers SELECT, ASK, CONSTRUCT and DESCRIBE. Values stand as in SPARQL: <IRI>, "text"@de, numbers without '
            "quotes; an unbound one is empty. No rows means that nothing fits. The default graph is the union of all "
            "named graphs; who makes a statement is told by GRAPH ?g { … } with "
            "?g prov:wasDerivedFrom|prov:hadPrimarySource ?source, or by the tool evidence. Read iqgraph://ontology "
            "first, filter labels by LANG(?label), and sort with ORDER BY.",
            {"query": SPARQL},
            {},
            {"columns": NAMES, "rows": ROWS, "truth": TRUTH},
            query,
        ),
        Tool(
            "evidence",
            "Tells what each row of an answer rests on: witnesses are the smallest sets of named graphs that alone "
            "yield the row, with passages and sources; names says what these are called; more means that there are "
            "further witnesses. For SELECT, ASK and CONSTRUCT, without SERVICE and functions of chance.",
            {"query": SPARQL},
            {
                "rows": {
                    "type": "array",
                    "description": "Numbers of the rows, from 0; without them, rows from offset on.",
                    "items": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
                    "maxItems": MAX_ROWS - 1,
                },
                "limit": integer("Number of rows; 10 if not given.", 1, MAX_ROWS - 1),
            },
            {"variables": NAMES, "rows": _list_of("row", "binding", "witnesses", "more", "names")},
            evidence,
        ),
    )
}


def tools() -> Mapping[str, Tool]:
    """Those that there are for what is served, by name; data that is too large has no search."""
    about = site()
    offered = {name: tool for name, tool in TOOLS.items() if about.bundled or not tool.ours}
    return offered if about.searchable else {name: tool for name, tool in offered.items() if tool.run is not search}


def instructions() -> str:
    """What is served, and how to use the tools."""
    about = site().profile.description
    return " ".join([*([localize(about)] if about else []), OURS if site().bundled else OF_ANYBODY, USE])
