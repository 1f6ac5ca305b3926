"""What agents are offered, as `tools.toml` lists it: tools with their calls, and resources to read before asking.

Arguments are checked, and what was asked wrongly is an error of the tool, with place and remedy, so that an agent can
mend it; only a call that is none is one of the protocol
(https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from pyoxigraph import NamedNode

from ...engine import QueryError
from ...errors import shortened
from ...reference.reference import Entry
from ...reference.usage import reused_name
from ...resources import documentation, read_toml
from ...terms import BASE, DCTERMS
from ..http.language import LANGUAGES, choose, localize
from ..http.problems import Problem, problem_type, unanswered
from ..reference import ontology_groups, rulebook
from ..site import site, turn_to
from ..versions import of_version
from .inquiries import Arguments, Object, answer_question, describe, evidence, list_questions, query, search

SCHEME = "iqgraph://"
MARKDOWN = "text/markdown"
Lines = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, its parameters by name, the required first, what its answer has, and its work.

    Only the bundled graph has what is `ours`.
    """

    name: str
    purpose: str
    run: Callable[[Arguments], Object]
    result: Mapping[str, Object]
    required: Mapping[str, Object] = field(default_factory=dict)
    optional: Mapping[str, Object] = field(default_factory=dict)
    ours: bool = False

    @property
    def parameters(self) -> Object:
        """Those of its own, and those that each tool takes."""
        return {**self.required, **self.optional, **TABLE["common"]}

    def listed(self) -> Object:
        """The tool as the protocol lists it."""
        takes: Object = {"type": "object", "properties": self.parameters, "required": list(self.required)}
        gives = {**self.result, **TABLE["continued"]}
        return {
            "name": self.name,
            "description": self.purpose,
            "inputSchema": takes | {"additionalProperties": False},
            "outputSchema": {"type": "object", "properties": gives, "required": list(gives)},
            # What is not said counts as the worst:
            # https://modelcontextprotocol.io/specification/2026-07-28/schema#toolannotations
            "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
        }


TABLE: Object = read_toml(__package__, "tools.toml")
RUN = {run.__name__: run for run in (search, list_questions, answer_question, describe, query, evidence)}
TOOLS = {name: Tool(name, run=RUN[name], **row) for name, row in TABLE["tools"].items()}


def tools() -> Mapping[str, Tool]:
    """Those that there are for what is served, by name; data that is too large has no search."""
    about = site()
    offered = {name: tool for name, tool in TOOLS.items() if about.bundled or not tool.ours}
    return offered if about.searchable else {name: tool for name, tool in offered.items() if tool.run is not search}


def instructions() -> str:
    """What is served, and how to use the tools."""
    about, texts = site().profile.description, TABLE["instructions"]
    used = texts["ours" if site().bundled else "anybody"], texts["use"]
    return " ".join([*([localize(about)] if about else []), *used])


def call(tool: Tool, given: Object) -> Object:
    """The result of a tool as the protocol has it; text for clients that do not read values."""
    if (asked := given.get("language")) in LANGUAGES:
        choose(asked)
    try:
        arguments = _checked(tool, given)
        turn_to(of_version(arguments.get("version", "")))
        content = tool.run(arguments)
    except (QueryError, Problem) as error:
        problem = unanswered(error) if isinstance(error, QueryError) else error
        about = {"type": problem_type(problem.kind), "status": problem.kind.status, **problem.members}
        return {"content": [_text({"error": localize(problem.text), **about})], "isError": True}
    # For clients that know no structured content
    # (https://modelcontextprotocol.io/specification/2025-06-18/server/tools#structured-content).
    return {"content": [_text(content)], "structuredContent": content, "isError": False}


def _text(content: Object) -> Object:
    return {"type": "text", "text": json.dumps(content, ensure_ascii=False)}


def _checked(tool: Tool, given: Object) -> Arguments:
    """The arguments, if they are those that the tool takes."""
    known = tool.parameters
    listed = ", ".join(known)
    for name in [*tool.required, *given]:
        if name not in known or name not in given:
            word = shortened(name)
            raise Problem(
                "bad-request",
                de=f"{tool.name} braucht {', '.join(tool.required)} und nimmt {listed}; {word} "
                f"{'fehlt' if name in known else 'gibt es nicht'}.",
                en=f"{tool.name} needs {', '.join(tool.required)} and takes {listed}; {word} "
                f"{'is missing' if name in known else 'is none of them'}.",
            )
        if not _fits(given[name], known[name]):
            schema = json.dumps({key: part for key, part in known[name].items() if key != "description"})
            raise Problem(
                "bad-request",
                de=f"{name} hat keinen Wert, der diesem Schema entspricht: {schema}.",
                en=f"The value of {name} does not fit this schema: {schema}.",
            )
    return given


def _fits(value: object, schema: Object) -> bool:
    """Whether a value is what the few keywords say that our schemas use."""
    if schema["type"] == "string":
        is_short = isinstance(value, str) and len(value) <= schema["maxLength"]
        return is_short and value in schema.get("enum", (value,))
    if schema["type"] == "integer":
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return is_whole and value in range(schema["minimum"], schema["maximum"] + 1)
    is_short = isinstance(value, list) and len(value) <= schema["maxItems"]
    return is_short and all(_fits(one, schema["items"]) for one in cast("list[object]", value))


def resources() -> list[Object]:
    """Those that there are for what is served, as the protocol lists them."""
    return [
        {"uri": SCHEME + name, "name": name, "description": row["description"], "mimeType": MARKDOWN}
        for name, row in TABLE["resources"].items()
        if site().bundled or not row.get("ours")
    ]


def read(uri: str) -> Object | None:
    """The content of a resource."""
    if uri not in [one["uri"] for one in resources()]:
        return None
    lines = LINES[uri.removeprefix(SCHEME)]()
    return {"uri": uri, "mimeType": MARKDOWN, "text": "\n".join(lines) + "\n"}


def _prefixes() -> Iterator[str]:
    for prefix, iri in sorted(site().dataset.prefixes.items()):
        yield f"PREFIX {prefix}: <{iri}>"


def _ontology() -> Iterator[str]:
    """Classes and properties by topic, then the concepts of each scheme by their names alone."""
    for group in ontology_groups().values():
        yield f"## {localize(group.name)}"
        shown, concepts = (group.entries, ()) if group.topic else (group.entries[:1], group.entries[1:])
        yield from (f"- {_short(one.node)}: {localize(one.label)}{_signature(one)}" for one in shown)
        yield from [", ".join(_short(one.node) for one in concepts)] if concepts else []
    yield "## Terms of other vocabularies"
    about = site().dataset.nodes(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    yield from (f"- {_short(one)}: {localize(name)}" for one in about if (name := reused_name(one)))


def _signature(entry: Entry) -> str:
    """What a property is said of, and what it leads to."""
    domain, target = (" | ".join(map(_short, nodes)) for nodes in (entry.domain, entry.range))
    return f" ({domain or '…'} → {target or '…'})" if domain or target else ""


def _short(node: NamedNode) -> str:
    return site().model.short(node)


def _shapes() -> Iterator[str]:
    """What is looked at and the rules for it, by their messages; those that several share stand at the end."""
    book = rulebook()
    for section in book.sections:
        yield "## " + "; ".join(f"{_short(parameter)} {_short(term)}" for parameter, term in section.shape.targets)
        own = (section.shape, *(part for part, is_shared in section.parts if not is_shared))
        yield from (f"- {localize(one.message)}" for one in own if one.message)
    yield "## Shared"
    yield from (f"- {localize(one.message)}" for one in book.shared if one.message)


def _questions() -> Iterator[str]:
    for topic, questions in site().model.questions.by_topic():
        yield f"## {localize(topic)}"
        yield from (f"- {one.slug}: {localize(one.title)}" for one in questions)


def _model() -> Iterator[str]:
    return iter(documentation("model.md").splitlines())


LINES: dict[str, Lines] = {one.__name__[1:]: one for one in (_model, _ontology, _shapes, _prefixes, _questions)}
