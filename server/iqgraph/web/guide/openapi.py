"""The table of the interface as an OpenAPI 3.1 description."""

from typing import Any

from flask import Blueprint, Response, current_app

from ... import __version__
from .. import urls
from ..http.language import localize, say
from ..site import site
from .api import FORM, HEADERS, QUERY, Address, Group, Parameter, groups, path_parameters

bp = Blueprint("openapi", __name__)

PROBLEM = {"$ref": "#/components/responses/Problem"}


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description in the reader's language, for this server."""
    response = Response(current_app.json.dumps(description(), ensure_ascii=False), content_type="application/json")
    response.vary.add("Accept-Language")
    return response


def description() -> dict[str, Any]:
    """The description of what is served here."""
    found = groups(ours=site().bundled)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": say(de="Wissensgraph IQ Hessen", en="IQ Hessen Knowledge Graph") if site().bundled else "iqgraph",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": urls.host()}],
        "tags": [{"name": localize(group.title)} for group in found],
        "paths": {
            path: _path(group, address, template)
            for group in found
            for address in group.addresses
            for path, template in zip(address.paths, address.templates, strict=True)
        },
        "components": {
            "responses": {"Problem": _problem()},
            "parameters": {one.name: _parameter(one) for one in HEADERS if one.name != "Accept"},
        },
    }


def _path(group: Group, address: Address, template: str) -> dict[str, Any]:
    content = {form: {"schema": {"type": "object" if form.endswith("json") else "string"}} for form in address.forms}
    shared = {
        "tags": [localize(group.title)],
        "summary": localize(address.description),
        "responses": {
            "200": {"description": say(de="die Antwort", en="the answer"), "content": content},
            "default": PROBLEM,
        },
    }
    operations: dict[str, Any] = {"get": shared | {"parameters": [_parameter(one) for one in address.query_parameters]}}
    if address.accepted:
        operations["post"] = shared | {"requestBody": {"required": True, "content": _bodies(address)}}
    inside = [_parameter(one) for one in path_parameters(template)]
    return operations | ({"parameters": inside} if inside else {})


def _parameter(one: Parameter) -> dict[str, Any]:
    """Names of graphs may be given more than once."""
    schema: dict[str, Any] = {"type": "string"}
    if one.name.endswith("-graph-uri"):
        schema = {"type": "array", "items": schema}
    described = {"name": one.name, "in": one.place, "description": localize(one.description), "schema": schema}
    required = {"required": True} if one.place == "path" else {}
    return described | required | ({"example": one.example} if one.example else {})


def _bodies(address: Address) -> dict[str, Any]:
    fields = {one.name: _parameter(one)["schema"] for one in address.query_parameters}
    form = {"schema": {"type": "object", "properties": fields, "required": ["query"]}}
    return {QUERY: {"schema": {"type": "string"}}, FORM: form}


def _problem() -> dict[str, Any]:
    members = {"type": "string", "title": "string", "status": "integer", "detail": "string"}
    schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in members.items()}}
    return {
        "description": say(de="ein Problem nach RFC 9457", en="a problem by RFC 9457"),
        "content": {"application/problem+json": {"schema": schema | {"required": list(members)}}},
    }
