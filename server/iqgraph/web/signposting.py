"""Typed links by which programs find their way from any page to data, licence and interfaces.

FAIR Signposting (https://signposting.org/FAIR/): the data by links in headers and, with each file and record, as a
link set (RFC 9264). The interfaces are a link set where programs look for it (RFC 9727).
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from ..catalogue.publication import Publication, publication
from ..formats import RDF_FORMATS, TURTLE
from ..terms import SCHEMA
from . import urls
from .http.messages import TypedLink, add_links
from .http.negotiation import Page
from .site import site

bp = Blueprint("signposting", __name__)

SCHEMA_ORG = Page("schema.org", "schemaorg", ("application/vnd.schemaorg.ld+json",))
LINK_SET, OF_INTERFACES = "application/linkset+json", "https://www.rfc-editor.org/info/rfc9727"
JSON, HTML = "application/json", "text/html"
LANDING = ("", "catalog", "catalog.html", "dataset")
# Paths of interfaces, and how each is told of: relations of RFC 8631 with paths and media types.
HELP, STATUS = ("service-doc", "how-to", HTML), ("status", "health", JSON)
INTERFACES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "sparql": (("service-desc", "sparql?format=ttl", TURTLE.media_type), HELP, STATUS),
    "search": (("service-desc", "openapi.json", JSON), HELP, STATUS),
    "mcp": (("service-desc", "openapi.json", JSON), ("service-doc", "llms.txt", "text/plain"), STATUS),
}


def published() -> Publication:
    """What is published, with addresses as this request called us."""
    return publication(site().dataset, site().dumps, urls.host(), site().settings)


def mark(response: AnyResponse, about: Publication, version: str = "") -> None:
    """Add the links of the data, or of a release of it, to a page or record that speaks of it as a whole."""
    sets = (("linkset", "linkset"), ("api-catalog", ".well-known/api-catalog"))
    further = [TypedLink(name, f"{urls.host()}/{path}", LINK_SET) for name, path in sets if not version]
    add_links(response, (*links(about, version), *further))


def links(about: Publication, version: str = "") -> Iterator[TypedLink]:
    """Name, kind, makers, terms, records and files of the data, or of a release of it."""
    record, files = (f"version/{version}", f"version/{version}") if version else ("catalog", "download")
    yield TypedLink("cite-as", about.iri(record).value if version else about.data.iri.value)
    yield from (TypedLink("type", kind.value) for kind in (SCHEMA.Dataset, SCHEMA.AboutPage))
    yield from (TypedLink("author", agent.value) for agent in about.agents.values())
    if about.data.licence:
        yield TypedLink("license", about.data.licence.address)
    for form in (*RDF_FORMATS, *(() if version else (SCHEMA_ORG,))):
        yield TypedLink("describedby", f"{urls.host()}/{record}.{form.extension}", form.media_types[0])
    for dump in about.data.dumps:
        if not dump.packing:
            yield TypedLink("item", f"{urls.host()}/{files}/{dump.name}", dump.form.media_type)


@bp.get("/linkset")
def link_set() -> Response:
    """The links of the data, of each of its records and of each of its files."""
    every = list(links(published()))
    landing = [_context(f"{urls.host()}/{path}", every) for path in LANDING]
    back = {"describedby": "describes", "item": "collection"}
    others = [
        # Each file leads back to the page (https://signposting.org/FAIR/).
        _context(one.target, [TypedLink(back[one.relation], f"{urls.host()}/catalog.html", HTML)])
        for one in every
        if one.relation in back
    ]
    return _written([*landing, *others])


@bp.get("/.well-known/api-catalog")
def interfaces() -> Response:
    """The interfaces, each with its description, its help and its state."""
    host = urls.host()
    own = f"{host}/.well-known/api-catalog"
    items = [TypedLink("item", f"{host}/{path}") for path in INTERFACES]
    each = [
        _context(f"{host}/{path}", [TypedLink(name, f"{host}/{target}", kind) for name, target, kind in told])
        for path, told in INTERFACES.items()
    ]
    response = _written([_context(own, items), *each], f'; profile="{OF_INTERFACES}"')
    add_links(response, [TypedLink("api-catalog", own, LINK_SET)])
    return response


def _context(anchor: str, every: Iterable[TypedLink]) -> dict[str, object]:
    """One object of a link set (RFC 9264, section 4.2)."""
    found: dict[str, list[dict[str, str]]] = {}
    for link in every:
        kind = {"type": link.media_type} if link.media_type else {}
        found.setdefault(link.relation, []).append({"href": link.target, **kind})
    return {"anchor": anchor, **found}


def _written(contexts: list[dict[str, object]], parameters: str = "") -> Response:
    content = json.dumps({"linkset": contexts}, ensure_ascii=False, indent=2) + "\n"
    return Response(content, content_type=f"{LINK_SET}{parameters}")
