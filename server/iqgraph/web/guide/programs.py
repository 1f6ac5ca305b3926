"""What programs read to know how to ask: OpenAPI 3.1, and `/llms.txt` for those that read words."""

import json
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from textwrap import fill
from typing import Any

from flask import Response, current_app
from pyoxigraph import NamedNode

from ... import __version__
from ...catalogue.publication import licence_of
from ...dataset.profile import Profile
from ...engine.interface import MIB, Limits
from ...engine.neighbourhood import name
from ...model.kinds import first, rank
from ...serialisation.turtle import compact
from .. import urls, views
from ..catalogue import MAX_COUNTED_STATEMENTS
from ..http.language import localize, say
from ..http.messages import text
from ..query.examples import SAMPLE, questions
from ..site import site
from .api import EXAMPLE, FORM, HEADERS, INSIDE, JSON, QUERY, Address, Group, Parameter, groups, path_parameters

EVIDENCE: dict[str, Any] = json.loads((files(__package__) / "evidence.schema.json").read_text(encoding="utf-8"))
SCHEMAS = {"Evidence": {key: part for key, part in EVIDENCE.items() if key != "$defs"}, **EVIDENCE["$defs"]}
WORD = re.compile(r"\w+")
PROBLEM = {"$ref": "#/components/responses/Problem"}


def openapi() -> Response:
    """The description in the reader's language, for this server."""
    response = Response(current_app.json.dumps(description(), ensure_ascii=False), content_type="application/json")
    response.vary.add("Accept-Language")
    return response


def description() -> dict[str, Any]:
    """The description of what is served here."""
    found = groups(site().profile)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": localize(site().profile.title),
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
            "schemas": SCHEMAS,
            "parameters": {one.name: _parameter(one) for one in HEADERS if one.name != "Accept"},
        },
    }


def _path(group: Group, address: Address, template: str) -> dict[str, Any]:
    content = {form: {"schema": {"type": "object" if form.endswith("json") else "string"}} for form in address.forms}
    if template == "/evidence":
        content[JSON] = {"schema": {"$ref": "#/components/schemas/Evidence"}}
    shared = {
        "tags": [localize(group.title)],
        "summary": localize(address.description),
        "responses": {
            "200": {"description": say(de="die Antwort", en="the answer"), "content": content},
            "default": PROBLEM,
        },
    }
    parameters = [_parameter(one) for one in address.query_parameters]
    asked = {"get": {"operationId": _operation("get", template), **shared, "parameters": parameters}}
    operations: dict[str, Any] = {} if address.only_posted else asked
    if address.accepted:
        body = {"required": True, "content": _bodies(address)}
        operations["post"] = {"operationId": _operation("post", template), **shared, "requestBody": body}
    inside = [_parameter(one) for one in path_parameters(template)]
    return operations | ({"parameters": inside} if inside else {})


def _operation(method: str, template: str) -> str:
    """A name for programs that are made of the description: `getDescribeExtension`, `getVersionIndex` of a folder."""
    words = [*WORD.findall(INSIDE.sub(r"\1", template)), *(["index"] if template.endswith("/") else [])]
    return method + "".join(word[0].upper() + word[1:] for word in words)


def _parameter(one: Parameter) -> dict[str, Any]:
    described = {"name": one.name, "in": one.place, "description": localize(one.description), "schema": one.schema}
    required = {"required": True} if one.required else {}
    return described | required | ({"example": _typed(one)} if one.example else {})


def _typed(one: Parameter) -> str | int | list[int]:
    """The value to try, of the type that the schema wants."""
    kinds = (one.schema.get("type"), one.schema.get("items", {}).get("type"))
    number = int(one.example) if "integer" in kinds else 0
    return [number] if kinds == ("array", "integer") else number if "integer" in kinds else one.example


def _bodies(address: Address) -> dict[str, Any]:
    # The version stands in the address of what is posted to.
    fields = {one.name: one.schema for one in address.query_parameters if one.name != "version"}
    form: dict[str, Any] = {"type": "object", "properties": fields}
    if "query" in fields:
        form["required"] = ["query"]
    schemas = {QUERY: fields.get("query"), FORM: form, JSON: {"type": "object"}}
    return {media_type: {"schema": schemas[media_type]} for media_type in address.accepted}


def _problem() -> dict[str, Any]:
    members = {"type": "string", "title": "string", "status": "integer", "detail": "string"}
    schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in members.items()}}
    return {
        "description": say(de="ein Problem nach RFC 9457", en="a problem by RFC 9457"),
        "content": {"application/problem+json": {"schema": schema | {"required": list(members)}}},
    }


MAX_EXAMPLES = 3
MAX_CLASSES, MAX_PROPERTIES = 44, 64
RULES = """\
- The default graph is the union of all named graphs, each statement once. Named graphs carry the evidence:
  `GRAPH ?g { ... }` and then `?g prov:wasDerivedFrom|prov:hadPrimarySource ?source`, a passage or another source.
  `GRAPH ?g { ... } ?g prov:hadPrimarySource|prov:wasDerivedFrom/oa:hasSource <document>` asks what a document says and
  what follows from it alone.
- Passages are numbered (`iq:order`), have a section (`dcterms:isPartOf`), a place in the text (`oa:hasSelector`, with
  `oa:start` and `oa:end`) and a hint (`skos:prefLabel`). Their wording is not in the data.
- Labels are `skos:prefLabel` in German and in English: always filter by language, `FILTER (LANG(?label) = "en")`.
- Roles are things: `?role iq:roleHolder ?who ; iq:roleIn ?what ; iq:during ?span`, and the span has `dcat:startDate`
  and `dcat:endDate`. A year is `xsd:gYear`; compare `STR(?date)`. No end stated is no end in the data.
- Codes have a datatype (`"06413"^^iq:agsCode`); compare `STR(?code)`.
- What the document says and what another source says may differ; both are in the data, and a note joins them.
- Do not guess identifiers: look a thing up by its label, a code or a word first: `/search?q=...&format=json` gives
  its IRI."""


def llms() -> Response:
    """The text, for this server."""
    return Response(render_llms_txt(), content_type=text("text/plain"))


def render_llms_txt() -> str:
    """How to ask: endpoint, shape of the data, prefixes, examples, limits, errors, addresses."""
    parts = [f"# {site().profile.title.en}", *_about(site().profile), _section("Ask", _asking())]
    if site().bundled:
        parts.append(_section("How the data is shaped", [RULES]))
    parts += [_section("Prefixes", _code(f"PREFIX {prefix}: <{iri}>" for prefix, iri in _prefixes())), *_terms()]
    parts += [_section("Examples", _examples()), *_limits(site().engine.limits)]
    parts += [_section("Errors", [ERRORS]), _section("Addresses", _addresses())]
    return "\n\n".join(parts) + "\n"


ERRORS = """\
- Errors are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`; syntax errors have `line` and
  `column`, and say how to mend what is most often wrong.
- 400: mend the query. 403: no updates, no SERVICE. 404: `nearest` names what you may have meant. 406: other format.
- 422: too expensive; asking again will not help, ask for less. 503: ask again after `Retry-After` seconds.
- Status 200 means that the answer is whole. No rows means that nothing fits; the HTML page of the answer then names
  terms of the query that the data does not have."""


def _about(profile: Profile) -> Iterator[str]:
    """What the data says that it is, and its licence, as the quotation that the form wants (https://llmstxt.org/)."""
    licence = licence_of(profile)
    terms = f"Data: {licence.name}." if licence else ""
    told = " ".join(filter(None, [profile.description.en if profile.description else "", terms]))
    if told:
        yield fill(told, 118, initial_indent="> ", subsequent_indent="> ")


def _section(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([f"## {heading}", "", *lines])


def _code(lines: Iterable[str]) -> list[str]:
    return ["```sparql", *lines, "```"]


def _asking() -> list[str]:
    return [
        f"- SPARQL 1.1: GET {urls.host()}/sparql?query=... or POST the query as `application/sparql-query`.",
        "- Format: header `Accept`, or `&format=csv` (json, xml, csv, tsv; ttl, nt, jsonld, trig for graphs).",
        "- The data is read-only, needs no key, and never changes under one `Dataset-Version`.",
        f"- Agents have tools at {urls.host()}/mcp (Model Context Protocol, by POST).",
    ]


def _prefixes() -> list[tuple[str, str]]:
    return sorted(site().dataset.prefixes.items())


def _terms() -> Iterator[str]:
    """Those classes and properties that readers ask for, with how often they are used: classes kind by kind."""
    if site().dataset.statements > MAX_COUNTED_STATEMENTS:
        return
    classes, properties = site().counts.classes, site().counts.properties
    most = sorted(classes, key=lambda one: (rank(first((one,))), -classes[one], one.value))
    yield _section("Classes", [_term(one, classes[one]) for one in most[:MAX_CLASSES]])
    most = sorted(properties, key=lambda one: (not views.has_words(one), -properties[one][0], one.value))
    yield _section("Properties", [_term(one, properties[one][0]) for one in most[:MAX_PROPERTIES]])


def _term(term: NamedNode, number: int) -> str:
    label = name(site().dataset, term, "en")
    return f"- {compact(term, site().dataset.prefixes)} ({number}){f': {label}' if label else ''}"


def _examples() -> Iterator[str]:
    known = questions()
    if site().bundled:
        yield from ("Find things, questions, passages and terms by words, names or codes:", "")
        yield from (f"{urls.host()}/search?q={EXAMPLE}&format=json", "")
    for question in sorted((one for one in known.values() if one.start), key=lambda one: one.start)[:MAX_EXAMPLES]:
        yield from (question.en, "", *_code([question.query.strip()]), "")
    if not known:
        yield from (SAMPLE.question.en, "", *_code([SAMPLE.query.strip()]))
    else:
        yield f"There are {len(known)} such questions with tested answers. The search finds them by their words; each"
        yield f"has an address such as {urls.host()}/q/{next(iter(known))}?format=csv; {urls.host()}/q/ lists them all."


def _limits(limits: Limits | None) -> Iterator[str]:
    if limits is None:
        return
    lines = [
        f"- {limits.seconds:g} seconds and {limits.memory // MIB} MiB a query; `timeout=2` asks for less time.",
        f"- {limits.answer // MIB} MiB an answer; beyond it nothing is sent. Nothing is ever cut in silence.",
        f"- {limits.running} queries at a time, {limits.long} long ones, of one client {limits.long_per_client}.",
    ]
    yield _section("Limits", lines)


def _addresses() -> Iterator[str]:
    """Those where something is asked; there are many more for who wants them."""
    for address in groups(site().profile)[0].addresses:
        yield f"- {', '.join(address.paths)}: {address.description.en}"
    yield f"- {urls.host()}/openapi.json lists all others with their parameters."
