"""FAIR Signposting (https://signposting.org/FAIR/): typed links from pages to data, licence, files and interfaces.

They are in Link headers and in a link set of the data (RFC 9264); `guide/programs` has that of the interfaces.
"""

import json
from collections.abc import Iterable, Iterator

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from ..catalogue.publication import Publication
from ..catalogue.publication import publication as describe
from ..formats import RDF_FORMATS, Format
from ..terms import SCHEMA
from . import urls
from .http.messages import TypedLink, add_links
from .site import site

bp = Blueprint("signposting", __name__)

SCHEMA_ORG = Format("schema.org", "schemaorg", ("application/vnd.schemaorg.ld+json",))
LINK_SET, HTML = "application/linkset+json", "text/html"
LANDING = ("", "catalog", "catalog.html", "dataset")


def publication() -> Publication:
    """The publication, with addresses below the host of this request."""
    return describe(site().dataset, site().dumps, urls.host(), site().settings)


def mark(response: AnyResponse, version: str = "") -> None:
    """Add the links of the data, or of a release, to a page or record about it as a whole."""
    sets = (("linkset", "linkset"), ("api-catalog", ".well-known/api-catalog"))
    link_sets = [TypedLink(name, f"{urls.host()}/{path}", LINK_SET) for name, path in sets if not version]
    add_links(response, (*links(version), *link_sets))


def links(version: str = "") -> Iterator[TypedLink]:
    """The links of the data or of a release: identifier, types, authors, licence, records and files."""
    about = publication()
    record, files = (f"version/{version}", f"version/{version}") if version else ("catalog", "download")
    yield TypedLink("cite-as", about.iri(record).value if version else about.data.iri.value)
    yield from (TypedLink("type", class_.value) for class_ in (SCHEMA.Dataset, SCHEMA.AboutPage))
    yield from (TypedLink("author", agent.value) for agent in about.agents.values())
    if about.data.licence:
        yield TypedLink("license", about.data.licence.address)
    for format in (*RDF_FORMATS, *(() if version else (SCHEMA_ORG,))):
        yield TypedLink("describedby", f"{urls.host()}/{record}.{format.extension}", format.media_types[0])
    for dump in about.data.dumps:
        if not dump.packing:
            yield TypedLink("item", f"{urls.host()}/{files}/{dump.name}", dump.format.media_type)


@bp.get("/linkset")
def link_set() -> Response:
    """The links of the data, and those back from its records and files."""
    own = list(links())
    landing = [context(f"{urls.host()}/{path}", own) for path in LANDING]
    inverse = {"describedby": "describes", "item": "collection"}
    back = {name: [TypedLink(relation, f"{urls.host()}/catalog.html", HTML)] for name, relation in inverse.items()}
    others = [context(link.target, back[link.relation]) for link in own if link.relation in back]
    return write_links([*landing, *others])


def context(anchor: str, links: Iterable[TypedLink]) -> dict[str, object]:
    """A link context object (RFC 9264, section 4.2)."""
    targets: dict[str, list[dict[str, str]]] = {}
    for link in links:
        media_type = {"type": link.media_type} if link.media_type else {}
        targets.setdefault(link.relation, []).append({"href": link.target, **media_type})
    return {"anchor": anchor, **targets}


def write_links(contexts: list[dict[str, object]], parameters: str = "") -> Response:
    """A response with a link set."""
    content = json.dumps({"linkset": contexts}, ensure_ascii=False, indent=2) + "\n"
    return Response(content, content_type=f"{LINK_SET}{parameters}")
