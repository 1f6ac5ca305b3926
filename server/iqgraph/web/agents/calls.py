"""Calls of tools: their arguments are checked, their answers bounded, and what was asked wrongly is told.

An answer is a list of which so much is sent as fits; it says whether there is more, and how to go on in the same
version of the data. What was asked wrongly is an error of the tool, with place and remedy, so that an agent can mend
it; only a call that is none is one of the protocol
(https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ...bilingual import Text
from ...engine import QueryError
from ...errors import shortened
from .. import answers
from ..http.language import LANGUAGES, choose, localize
from ..http.problems import Problem, problem_type, unlisted
from ..site import Site, site

MAX_ANSWER_BYTES = 1 << 15
MAX_ENVELOPE_BYTES = 1 << 10
MAX_TEXT_CHARS = 1 << 13
MAX_OFFSET = 10**9
Object = dict[str, Any]
Arguments = Mapping[str, Any]


def string(description: str, most: int = MAX_TEXT_CHARS, **more: Any) -> Object:  # noqa: ANN401 - of JSON Schema
    """The schema of a text."""
    return {"type": "string", "description": description, "maxLength": most, **more}


def integer(description: str, least: int, most: int) -> Object:
    """The schema of a whole number."""
    return {"type": "integer", "description": description, "minimum": least, "maximum": most}


COMMON = {
    "offset": integer("Number of the first item, from 0; next of an answer has that of the following.", 0, MAX_OFFSET),
    "language": string("Language of names and messages.", enum=list(LANGUAGES)),
    "version": string("Version of the data as an answer names it; without it, the current one.", 64),
}
# What each answer says besides its items, for whoever wants the rest.
CONTINUED: Mapping[str, Object] = {
    "total": {"type": ["integer", "null"]},  # null if nobody has counted them
    "truncated": {"type": "boolean"},
    "next": {
        "type": ["object", "null"],
        "properties": {"offset": {"type": "integer"}, "version": {"type": "string"}},
        "required": ["offset", "version"],
    },
    "version": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, its parameters by name, the required first, what its answer has, and its work.

    `run` is given the arguments and the site of the version that they name. Only the bundled graph has what is `ours`.
    """

    name: str
    purpose: str
    required: Mapping[str, Object]
    optional: Mapping[str, Object]
    result: Mapping[str, Object]
    run: Callable[[Arguments, Site], Object]
    ours: bool = False

    @property
    def parameters(self) -> Mapping[str, Object]:
        """Those of its own, and those that each tool takes."""
        return {**self.required, **self.optional, **COMMON}

    def listed(self) -> Object:
        """The tool as the protocol lists it."""
        takes: Object = {"type": "object", "properties": dict(self.parameters), "required": list(self.required)}
        gives = {**self.result, **CONTINUED}
        return {
            "name": self.name,
            "description": self.purpose,
            "inputSchema": takes | {"additionalProperties": False},
            "outputSchema": {"type": "object", "properties": gives, "required": list(gives)},
            # What is not said counts as the worst:
            # https://modelcontextprotocol.io/specification/2026-07-28/schema#toolannotations
            "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
        }


def call(tool: Tool, given: Object) -> Object:
    """The result of a tool as the protocol has it; text for clients that do not read values."""
    if (asked := given.get("language")) in LANGUAGES:
        choose(asked)
    try:
        arguments = _checked(tool, given)
        content = tool.run(arguments, _site(arguments.get("version", "")))
    except QueryError as error:
        return _failed(answers.problem(error))
    except Problem as error:
        return _failed(error)
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


def _site(version: str) -> Site:
    """The site of a version: an older one can be asked as long as it is kept."""
    here = site()
    found = here if version in ("", here.version) else here.versions.get(version)
    if found is None:
        what = Text(de=f"Eine Version {shortened(version)}", en=f"version {shortened(version)}")
        raise unlisted(what, (*here.versions, here.version), "version")
    return found


def bounded(head: Object, name: str, items: Sequence[Any], arguments: Arguments, about: Site) -> Object:
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
    following = {"offset": end, "version": about.version} if is_cut else None
    told = {"total": len(items), "truncated": is_cut, "next": following, "version": about.version}
    return {**head, name: list(items[start:end]), **told}


def _size(item: object) -> int:
    text = json.dumps(item, ensure_ascii=False)
    return len(text.encode()) + len(json.dumps(text, ensure_ascii=False).encode()) + 4
