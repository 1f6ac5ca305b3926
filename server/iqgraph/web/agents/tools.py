"""The tools for agents, as `tools.toml` lists them, and the resources to read before using them.

Invalid arguments are reported as a tool error, with a remedy, so that an agent can correct them; only a malformed call
is a protocol error (https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from pyoxigraph import NamedNode

from ...engine import QueryError
from ...errors import shorten
from ...reference.reference import OntologyTerm
from ...reference.usage import reused_name
from ...resources import documentation, read_toml
from ...terms import BASE, DCTERMS
from ..http.language import LANGUAGES, localize, set_language
from ..http.problems import Problem, query_problem, type_iri
from ..reference import ontology_groups, rulebook
from ..site import site, use_site
from ..versions import of_version
from .inquiries import Arguments, Object, answer_question, describe, evidence, list_questions, query, search

SCHEME = "iqgraph://"
MARKDOWN = "text/markdown"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its purpose, the function that runs it, and the JSON Schemas of its result and parameters by name.

    A tool that is `ours` works with the bundled data only.
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
        """The parameters of the tool, and those of all tools."""
        return {**self.required, **self.optional, **TABLE["common"]}

    def definition(self) -> Object:
        """Return the tool as `tools/list` does."""
        parameters: Object = {"type": "object", "properties": self.parameters, "required": list(self.required)}
        result = {**self.result, **TABLE["continued"]}
        return {
            "name": self.name,
            "description": self.purpose,
            "inputSchema": parameters | {"additionalProperties": False},
            "outputSchema": {"type": "object", "properties": result, "required": list(result)},
            # The defaults are the least safe values:
            # https://modelcontextprotocol.io/specification/2026-07-28/schema#toolannotations
            "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
        }


TABLE: Object = read_toml(__package__, "tools.toml")
FUNCTIONS = {run.__name__: run for run in (search, list_questions, answer_question, describe, query, evidence)}
TOOLS = {name: Tool(name, run=FUNCTIONS[name], **row) for name, row in TABLE["tools"].items()}


def tools() -> Mapping[str, Tool]:
    """Return the tools for the served data by name."""
    current = site()
    return {
        name: tool
        for name, tool in TOOLS.items()
        if (current.is_bundled or not tool.ours) and (current.is_searchable or tool.run is not search)
    }


def instructions() -> str:
    """Describe the served data and how to use the tools."""
    about, texts = site().profile.description, TABLE["instructions"]
    lead = [localize(about)] if about else []
    return " ".join([*lead, texts["ours" if site().is_bundled else "anybody"], texts["use"]])


def call(tool: Tool, arguments: Object) -> Object:
    """Run a tool, and return its result as the protocol does."""
    if (tag := arguments.get("language")) in LANGUAGES:
        set_language(tag)
    try:
        _validate(tool, arguments)
        use_site(of_version(arguments.get("version", "")))
        content = tool.run(arguments)
    except (QueryError, Problem) as error:
        problem = query_problem(error) if isinstance(error, QueryError) else error
        details = {"type": type_iri(problem.type), "status": problem.type.status, **problem.members}
        return {"content": [_text({"error": localize(problem.text), **details})], "isError": True}
    # As text too, for clients without structured content
    # (https://modelcontextprotocol.io/specification/2025-06-18/server/tools#structured-content).
    return {"content": [_text(content)], "structuredContent": content, "isError": False}


def _text(content: Object) -> Object:
    return {"type": "text", "text": json.dumps(content, ensure_ascii=False)}


def _validate(tool: Tool, arguments: Object) -> None:
    """Raise a Problem if the arguments are not those of the tool."""
    schemas = tool.parameters
    for name in [*tool.required, *arguments]:
        if name not in schemas or name not in arguments:
            excerpt, names, required = shorten(name), ", ".join(schemas), ", ".join(tool.required)
            raise Problem(
                "bad-request",
                de=f"{tool.name} braucht {required} und nimmt {names}; {excerpt} "
                f"{'fehlt' if name in schemas else 'ist unbekannt'}.",
                en=f"{tool.name} needs {required} and takes {names}; {excerpt} "
                f"{'is missing' if name in schemas else 'is unknown'}.",
            )
        if not _is_valid(arguments[name], schemas[name]):
            schema = json.dumps({key: part for key, part in schemas[name].items() if key != "description"})
            raise Problem(
                "bad-request",
                de=f"Der Wert von {name} entspricht nicht diesem Schema: {schema}.",
                en=f"The value of {name} does not match this schema: {schema}.",
            )


def _is_valid(value: object, schema: Object) -> bool:
    """Whether a value conforms to a schema, with the few keywords of JSON Schema that `tools.toml` uses."""
    if schema["type"] == "string":
        is_short = isinstance(value, str) and len(value) <= schema["maxLength"]
        return is_short and value in schema.get("enum", (value,))
    if schema["type"] == "integer":
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        return is_integer and value in range(schema["minimum"], schema["maximum"] + 1)
    is_short = isinstance(value, list) and len(value) <= schema["maxItems"]
    return is_short and all(_is_valid(item, schema["items"]) for item in cast("list[object]", value))


def resources() -> list[Object]:
    """Return the resources for the served data as `resources/list` does."""
    return [
        {"uri": SCHEME + name, "name": name, "description": row["description"], "mimeType": MARKDOWN}
        for name, row in TABLE["resources"].items()
        if site().is_bundled or not row.get("ours")
    ]


def read(uri: str) -> Object | None:
    """Return the content of a resource, None if there is no such resource."""
    if uri not in [resource["uri"] for resource in resources()]:
        return None
    lines = READERS[uri.removeprefix(SCHEME)]()
    return {"uri": uri, "mimeType": MARKDOWN, "text": "\n".join(lines) + "\n"}


def _prefixes() -> Iterator[str]:
    for prefix, iri in sorted(site().dataset.prefixes.items()):
        yield f"PREFIX {prefix}: <{iri}>"


def _ontology() -> Iterator[str]:
    """Yield classes and properties by topic, then the names of the concepts in each scheme."""
    for group in ontology_groups().values():
        yield f"## {localize(group.name)}"
        terms, concepts = (group.entries, ()) if group.classes is not None else (group.entries[:1], group.entries[1:])
        yield from (f"- {_short(term.node)}: {localize(term.label)}{_signature(term)}" for term in terms)
        yield from [", ".join(_short(concept.node) for concept in concepts)] if concepts else []
    yield "## Terms of other vocabularies"
    references = site().dataset.nodes(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    yield from (f"- {_short(node)}: {localize(name)}" for node in references if (name := reused_name(node)))


def _signature(entry: OntologyTerm) -> str:
    """Return the domain and range of a property."""
    domain, range_ = (" | ".join(map(_short, nodes)) for nodes in (entry.domain, entry.range))
    return f" ({domain or '…'} → {range_ or '…'})" if domain or range_ else ""


def _short(node: NamedNode) -> str:
    return site().model.short(node)


def _shapes() -> Iterator[str]:
    """Yield the messages of the shapes by target, then those of the shapes that several share."""
    book = rulebook()
    for section in book.sections:
        yield "## " + "; ".join(f"{_short(parameter)} {_short(term)}" for parameter, term in section.shape.targets)
        shapes = (section.shape, *(part for part, is_shared in section.parts if not is_shared))
        yield from (f"- {localize(shape.message)}" for shape in shapes if shape.message)
    yield "## Shared"
    yield from (f"- {localize(shape.message)}" for shape in book.shared if shape.message)


def _questions() -> Iterator[str]:
    for topic, questions in site().model.questions.by_topic():
        yield f"- {localize(topic)}: {', '.join(question.slug for question in questions)}"


READERS: dict[str, Callable[[], Iterator[str]]] = {
    "model": lambda: iter(documentation("model.md").splitlines()),
    **{reader.__name__[1:]: reader for reader in (_ontology, _shapes, _prefixes, _questions)},
}
