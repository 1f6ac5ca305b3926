"""The tools of agents and their calls: arguments are checked, and what was asked wrongly is told.

It is an error of the tool, with place and remedy, so that an agent can mend it; only a call that is none is one of the
protocol
(https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from ...engine import QueryError
from ...errors import shortened
from ...resources import read_toml
from ..http.language import LANGUAGES, choose, localize
from ..http.problems import Problem, problem_type, unanswered
from ..site import Site, site
from ..versions import of_version
from .inquiries import Arguments, Object, answer_question, describe, evidence, list_questions, query, search


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, its parameters by name, the required first, what its answer has, and its work.

    `run` is given the arguments and the site of the version that they name. Only the bundled graph has what is `ours`.
    """

    name: str
    purpose: str
    run: Callable[[Arguments, Site], Object]
    result: Mapping[str, Object]
    required: Mapping[str, Object] = field(default_factory=dict)
    optional: Mapping[str, Object] = field(default_factory=dict)
    ours: bool = False

    @property
    def parameters(self) -> Mapping[str, Object]:
        """Those of its own, and those that each tool takes."""
        return {**self.required, **self.optional, **TABLE["common"]}

    def listed(self) -> Object:
        """The tool as the protocol lists it."""
        takes: Object = {"type": "object", "properties": dict(self.parameters), "required": list(self.required)}
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
        content = tool.run(arguments, of_version(arguments.get("version", "")))
    except QueryError as error:
        return _failed(unanswered(error))
    except Problem as error:
        return _failed(error)
    # For clients that know no structured content
    # (https://modelcontextprotocol.io/specification/2025-06-18/server/tools#structured-content).
    return {"content": [_text(content)], "structuredContent": content, "isError": False}


def _failed(problem: Problem) -> Object:
    about = {"type": problem_type(problem.kind), "status": problem.kind.status, **problem.members}
    return {"content": [_text({"error": localize(problem.text), **about})], "isError": True}


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
