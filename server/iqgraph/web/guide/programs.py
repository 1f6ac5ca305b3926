"""What programs read to know how to ask: OpenAPI 3.1, and `/llms.txt` for those that read words."""

import json
import re
from importlib.resources import files
from typing import Any

from flask import Response, current_app, render_template
from pyoxigraph import NamedNode

from ... import __version__
from ...catalogue.publication import licence_of
from ...engine.neighbourhood import name
from ...formats import URLENCODED
from ...model.kinds import first, rank
from ...model.questions import SAMPLE
from ...serialisation.turtle import compact
from .. import urls, views
from ..agents.jsonrpc import MAX_ID_CHARS
from ..catalogue import MAX_COUNTED_STATEMENTS
from ..http.language import localize, say
from ..http.messages import text
from ..site import site
from .api import EXAMPLE, HEADERS, JSON, QUERY, Address, Group, Parameter, groups

EVIDENCE: dict[str, Any] = json.loads((files(__package__) / "evidence.schema.json").read_text(encoding="utf-8"))
SCHEMAS = {"Evidence": {key: part for key, part in EVIDENCE.items() if key != "$defs"}, **EVIDENCE["$defs"]}
WORD = re.compile(r"\w+")
# https://www.jsonrpc.org/specification#request_object
MESSAGE = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer"], "maxLength": MAX_ID_CHARS},
        "method": {"type": "string"},
        "params": {"type": "object"},
    },
    "required": ["jsonrpc", "id", "method"],
}
PROBLEM = {"$ref": "#/components/responses/Problem"}
MEMBERS = {"type": "string", "title": "string", "status": "integer", "detail": "string"}
PROBLEM_SCHEMA = {
    "type": "object",
    "properties": {name: {"type": kind} for name, kind in MEMBERS.items()},
    "required": list(MEMBERS),
}


def openapi() -> Response:
    """The description of what is served here, in the reader's language."""
    found = groups(site().profile)
    problem = {
        "description": say(de="ein Problem nach RFC 9457", en="a problem by RFC 9457"),
        "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
    }
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": localize(site().profile.title),
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": urls.host()}],
        "tags": [{"name": localize(group.title)} for group in found],
        "paths": {
            path: _path(group, address, path)
            for group in found
            for address in group.addresses
            for path in address.paths
        },
        "components": {
            "responses": {"Problem": problem},
            "schemas": SCHEMAS,
            "parameters": {one.name: _parameter(one) for one in HEADERS if one.name != "Accept"},
        },
    }
    # Flask sorts the keys, so the same description always has the same tag.
    return Response(current_app.json.dumps(told, ensure_ascii=False), content_type="application/json")


def _path(group: Group, address: Address, path: str) -> dict[str, Any]:
    content = {form: {"schema": {"type": "object" if form.endswith("json") else "string"}} for form in address.forms}
    if path == "/evidence":
        content[JSON] = {"schema": {"$ref": "#/components/schemas/Evidence"}}
    shared: dict[str, Any] = {
        "tags": [localize(group.title)],
        "summary": localize(address.description),
        "responses": {
            "200": {"description": say(de="die Antwort", en="the answer"), "content": content},
            "default": PROBLEM,
        },
    }
    if JSON in address.accepted:
        refused = {"description": say(de="ein Fehler nach JSON-RPC", en="an error of JSON-RPC"), "content": content}
        taken = {"description": say(de="ohne Antwort angenommen", en="accepted, without an answer")}
        shared["responses"] |= {"202": taken, "400": refused, "404": refused}
    parameters = [_parameter(one) for one in address.query_parameters]
    asked = {"get": {"operationId": _operation("get", path), **shared, "parameters": parameters}}
    operations: dict[str, Any] = {} if address.only_posted else asked
    if address.accepted:
        # The version stands in the address of what is posted to.
        fields = {one.name: one.schema for one in address.query_parameters if one.name != "version"}
        form = {"type": "object", "properties": fields} | ({"required": ["query"]} if "query" in fields else {})
        schemas = {QUERY: fields.get("query"), URLENCODED: form, JSON: MESSAGE}
        body = {"required": True, "content": {one: {"schema": schemas[one]} for one in address.accepted}}
        operations["post"] = {"operationId": _operation("post", path), **shared, "requestBody": body}
    inside = list(map(_parameter, address.paths[path]))
    return operations | ({"parameters": inside} if inside else {})


def _operation(method: str, path: str) -> str:
    """A name for programs that are made of the description: `getDescribeExtension`, `getVersionIndex` of a folder."""
    # The names of operations must all differ (https://spec.openapis.org/oas/v3.1.0#operation-object).
    words = [*WORD.findall(path), *(["index"] if path.endswith("/") else [])]
    return method + "".join(word[0].upper() + word[1:] for word in words)


def _parameter(one: Parameter) -> dict[str, Any]:
    described = {"name": one.name, "in": one.place, "description": localize(one.description), "schema": one.schema}
    required = {"required": True} if one.required else {}
    # The value to try has the type that the schema wants.
    kinds = (one.schema.get("type"), one.schema.get("items", {}).get("type"))
    example: str | int = int(one.example) if one.example and "integer" in kinds else one.example
    return described | required | ({"example": [example] if kinds[0] == "array" else example} if one.example else {})


MAX_EXAMPLES = 3
MAX_CLASSES, MAX_PROPERTIES = 44, 64


def llms() -> Response:
    """The text, for this server."""
    return Response(render_llms_txt(), content_type=text("text/plain"))


def render_llms_txt() -> str:
    """How to ask: endpoint, shape of the data, prefixes, examples, limits, errors, addresses (https://llmstxt.org/)."""
    about, licence, asked = site().profile.description, licence_of(site().profile), site().model.questions
    classes, properties = _terms()
    told = render_template(
        "llms.txt",
        about=" ".join(filter(None, [about.en if about else "", f"Data: {licence.name}." if licence else ""])),
        prefixes=sorted(site().dataset.prefixes.items()),
        classes=classes,
        properties=properties,
        example=EXAMPLE,
        examples=[(one.title.en, one.query.strip()) for one in asked.examples[:MAX_EXAMPLES] or [SAMPLE]],
        questions=asked.by_slug,
        limits=site().engine.limits,
        addresses=groups(site().profile)[0].addresses,  # those where something is asked
    )
    return f"{told}\n"


Use = tuple[str, int, str]


def _terms() -> tuple[list[Use], list[Use]]:
    """Those classes and properties that readers ask for, with how often they are used: classes kind by kind."""
    if site().dataset.statements > MAX_COUNTED_STATEMENTS:
        return [], []
    classes, uses = site().counts.classes, site().counts.properties
    first_classes = sorted(classes, key=lambda one: (rank(first((one,))), -classes[one], one.value))
    first_properties = sorted(uses, key=lambda one: (not views.has_words(one), -uses[one][0], one.value))
    return (
        [_term(one, classes[one]) for one in first_classes[:MAX_CLASSES]],
        [_term(one, uses[one][0]) for one in first_properties[:MAX_PROPERTIES]],
    )


def _term(term: NamedNode, number: int) -> Use:
    return compact(term, site().dataset.prefixes), number, name(site().dataset, term, "en")
