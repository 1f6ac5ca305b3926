"""Descriptions of the API for programs: OpenAPI 3.1, the list of interfaces, and `/llms.txt` for language models."""

import json
import re
from importlib.resources import files
from itertools import chain
from typing import Any

from flask import Response, current_app, render_template
from pyoxigraph import NamedNode

from ... import __version__
from ...catalogue.publication import licence_of
from ...engine.neighbourhood import name
from ...formats import TURTLE, URLENCODED
from ...model.kinds import first, rank
from ...model.questions import SAMPLE
from ...serialisation.turtle import compact
from .. import urls, views
from ..agents.jsonrpc import MAX_ID_CHARS
from ..http.language import localize, say
from ..http.messages import TypedLink, add_links, text
from ..signposting import LINK_SET, context, write_links
from ..site import site
from .api import EXAMPLE, HEADERS, HTML, JSON, QUERY, Address, Group, Parameter, groups

EVIDENCE: dict[str, Any] = json.loads((files(__package__) / "evidence.schema.json").read_text(encoding="utf-8"))
SCHEMAS = {"Evidence": {key: part for key, part in EVIDENCE.items() if key != "$defs"}, **EVIDENCE["$defs"]}
WORD = re.compile(r"\w+")
INTERFACES, INTERFACES_PROFILE = "/.well-known/api-catalog", "https://www.rfc-editor.org/info/rfc9727"
# What describes an interface, and its documentation, where these are not OpenAPI and the how-to pages.
DESCRIPTIONS = {"/sparql": ("/sparql?format=ttl", TURTLE.media_type), "/reconcile": ("/reconcile", JSON)}
DOCUMENTATION = {"/mcp": ("/llms.txt", "text/plain")}
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
    "properties": {name: {"type": type_} for name, type_ in MEMBERS.items()},
    "required": list(MEMBERS),
}


def interfaces() -> Response:
    """List the interfaces, each with its description, documentation and status, where RFC 9727 looks for them."""
    host = urls.host()
    every = chain.from_iterable(group.addresses for group in groups(site().profile))
    paths = [next(iter(address.paths)) for address in every if address.interface]
    own = context(f"{host}{INTERFACES}", [TypedLink("item", f"{host}{path}") for path in paths])
    each = []
    for path in paths:
        targets = {  # by relation of RFC 8631
            "service-desc": DESCRIPTIONS.get(path, ("/openapi.json", JSON)),
            "service-doc": DOCUMENTATION.get(path, ("/how-to", HTML)),
            "status": ("/health", JSON),
        }
        links = [
            TypedLink(relation, f"{host}{target}", media_type) for relation, (target, media_type) in targets.items()
        ]
        each.append(context(f"{host}{path}", links))
    response = write_links([own, *each], f'; profile="{INTERFACES_PROFILE}"')
    add_links(response, [TypedLink("api-catalog", f"{host}{INTERFACES}", LINK_SET)])
    return response


def openapi() -> Response:
    """Return the OpenAPI description of this server, in the language of the reader."""
    table = groups(site().profile)
    problem = {
        "description": say(de="ein Problem nach RFC 9457", en="a problem (RFC 9457)"),
        "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
    }
    description = {
        "openapi": "3.1.0",
        "info": {
            "title": localize(site().profile.title),
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": urls.host()}],
        "security": [],  # nobody needs to authenticate
        "tags": [{"name": localize(group.title)} for group in table],
        "paths": {
            path: _path(group, address, path)
            for group in table
            for address in group.addresses
            for path in address.paths
        },
        "components": {
            "responses": {"Problem": problem},
            "schemas": SCHEMAS,
            "parameters": {header.name: _parameter(header) for header in HEADERS if header.name != "Accept"},
        },
    }
    # Flask sorts the keys, so the ETag is stable.
    return Response(current_app.json.dumps(description, ensure_ascii=False), content_type="application/json")


def _path(group: Group, address: Address, path: str) -> dict[str, Any]:
    content = {
        name: {"schema": {"type": "object" if name.endswith("json") else "string"}} for name in address.media_types
    }
    if path == "/evidence":
        content[JSON] = {"schema": {"$ref": "#/components/schemas/Evidence"}}
    common: dict[str, Any] = {
        "tags": [localize(group.title)],
        "summary": localize(address.description),
        "responses": {
            "200": {"description": say(de="die Antwort", en="the answer"), "content": content},
            "default": PROBLEM,
        },
    }
    if JSON in address.accepted:
        error = {"description": say(de="ein Fehler nach JSON-RPC", en="a JSON-RPC error"), "content": content}
        acceptance = {"description": say(de="ohne Antwort angenommen", en="accepted, without an answer")}
        common["responses"] |= {"202": acceptance, "400": error, "404": error}
    operations: dict[str, Any] = {}
    if not address.only_posted:
        parameters = list(map(_parameter, address.query_parameters))
        operations["get"] = {"operationId": _operation_id("get", path), **common, "parameters": parameters}
    if address.accepted:
        # The path has the version, not the body.
        fields = {field.name: field.schema for field in address.query_parameters if field.name != "version"}
        form_schema = {"type": "object", "properties": fields} | ({"required": ["query"]} if "query" in fields else {})
        schemas = {QUERY: fields.get("query"), URLENCODED: form_schema, JSON: MESSAGE}
        body = {
            "required": True,
            "content": {media_type: {"schema": schemas[media_type]} for media_type in address.accepted},
        }
        operations["post"] = {"operationId": _operation_id("post", path), **common, "requestBody": body}
    path_parameters = list(map(_parameter, address.paths[path]))
    return operations | ({"parameters": path_parameters} if path_parameters else {})


def _operation_id(method: str, path: str) -> str:
    """Return a unique name for code generators, such as `getDescribeExtension`, or `getVersionIndex` for a folder."""
    words = [*WORD.findall(path), *(["index"] if path.endswith("/") else [])]
    return method + "".join(word[0].upper() + word[1:] for word in words)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Return a Parameter Object (https://spec.openapis.org/oas/v3.1.0#parameter-object)."""
    schema, example = parameter.schema, parameter.example
    types = (schema.get("type"), schema.get("items", {}).get("type"))
    result: dict[str, Any] = {"name": parameter.name, "in": parameter.place, "schema": schema}
    result["description"] = localize(parameter.description)
    if parameter.required:
        result["required"] = True
    if example:
        value = int(example) if "integer" in types else example
        result["example"] = [value] if types[0] == "array" else value
    return result


MAX_EXAMPLES = 3
MAX_CLASSES, MAX_PROPERTIES = 44, 64


def llms() -> Response:
    """Return `/llms.txt` for this server."""
    return Response(render_llms_txt(), content_type=text("text/plain"))


def render_llms_txt() -> str:
    """Render `/llms.txt`: endpoint, data, prefixes, examples, limits, errors, addresses (https://llmstxt.org/)."""
    about, licence, questions = site().profile.description, licence_of(site().profile), site().model.questions
    classes, properties = _terms()
    content = render_template(
        "llms.txt",
        about=" ".join(filter(None, [about.en if about else "", f"Data: {licence.name}." if licence else ""])),
        prefixes=sorted(site().dataset.prefixes.items()),
        classes=classes,
        properties=properties,
        example=EXAMPLE,
        examples=[(item.title.en, item.query.strip()) for item in questions.examples[:MAX_EXAMPLES] or [SAMPLE]],
        questions=questions.by_slug,
        limits=site().engine.limits,
        addresses=groups(site().profile)[0].addresses,  # those that answer queries
    )
    return f"{content}\n"


Use = tuple[str, int, str]


def _terms() -> tuple[list[Use], list[Use]]:
    """Return the main classes, ordered by kind, and properties, each with its count and label."""
    if site().dataset.is_large:
        return [], []
    classes, properties = site().counts.classes, site().counts.properties
    class_order = sorted(classes, key=lambda node: (rank(first((node,))), -classes[node], node.value))
    property_order = sorted(
        properties, key=lambda node: (not views.has_words(node), -properties[node].triples, node.value)
    )
    return (
        [_use(node, classes[node]) for node in class_order[:MAX_CLASSES]],
        [_use(node, properties[node].triples) for node in property_order[:MAX_PROPERTIES]],
    )


def _use(node: NamedNode, count: int) -> Use:
    return compact(node, site().dataset.prefixes), count, name(site().dataset, node, "en")
