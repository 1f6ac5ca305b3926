"""Content negotiation: a document has an address for each format, and one where the Accept header decides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps

from flask import Blueprint, Response, request
from pyoxigraph import Triple, parse
from werkzeug.wrappers import Response as AnyResponse

from ..dataset.reading import relabel_blank_nodes
from ..errors import shorten
from ..formats import RDF_FORMATS, TURTLE, Format
from ..serialisation import serialise
from ..terms import PREFIXES
from . import urls
from .http.messages import text
from .http.negotiation import HTML, by_name, is_format, negotiate
from .http.problems import Problem

DOCUMENTS: tuple[Format, ...] = (*RDF_FORMATS, HTML)


def choose(offers: Sequence[Format], name: str | None = None, extension: str | None = None) -> Format:
    """The offer for this request: by the extension of the path, else by a known name, else by the Accept header."""
    if extension is not None:
        format = next((offer for offer in offers if offer.extension == extension.lower()), None)
        if format is None:
            raise missing_format(extension, offers)
        return format
    format_name = name if name and is_format(name) else None
    return decide(tuple(offers), format_name, request.headers.get("Accept"))


# Clients send few different headers.
@lru_cache(256)
def decide(offers: tuple[Format, ...], name: str | None, accept: str | None) -> Format:
    """The offer for the name of a format or, without one, for an Accept header."""
    format = by_name(name, offers) if name else negotiate(accept, offers)
    if format is None:
        raise not_acceptable(name or accept or "", offers)
    return format


def not_acceptable(preference: str, offers: Sequence[Format]) -> Problem:
    """The problem of a format or Accept header that no offer satisfies, with the media types of the offers."""
    media_types, text = [offer.media_type for offer in offers], shorten(preference)
    return Problem(
        "not-acceptable",
        de=f"{text} gibt es hier nicht. Verfügbar sind: {', '.join(media_types)}.",
        en=f"{text} is not available here. Available are: {', '.join(media_types)}.",
        offers=media_types,
    )


def missing_format(extension: str, offers: Sequence[Format]) -> Problem:
    """The problem of an extension that a document does not have, with the addresses of its formats."""
    path, extensions = request.path.removesuffix(f".{extension}"), [offer.extension for offer in offers]
    address, alternatives = shorten(request.path), ", ".join(f".{suffix}" for suffix in extensions)
    return Problem(
        "not-found",
        de=f"{address} gibt es nicht. Die Formate dieses Dokuments sind {alternatives}.",
        en=f"There is no {address}. The formats of this document are {alternatives}.",
        forms=[urls.keep_query(f"{urls.root()}{path}.{suffix}") for suffix in extensions],
    )


def split_extension(name: str) -> tuple[str, Format | None]:
    """A name without the extension of a format, and that format; without one, the name itself and None."""
    stem, _, extension = name.rpartition(".")
    format = next((offer for offer in DOCUMENTS if offer.extension == extension.lower()), None)
    return (stem, format) if format else (name, None)


View = Callable[[Format], AnyResponse]


def route_formats(
    bp: Blueprint, path: str, *aliases: str, offers: Sequence[Format] = DOCUMENTS
) -> Callable[[View], Callable[..., AnyResponse]]:
    """A decorator that routes a path, with and without the extension of a format, to a view of that format."""
    name = path.strip("/")

    def decorate(view: View) -> Callable[..., AnyResponse]:
        @wraps(view)
        def respond(extension: str | None = None) -> AnyResponse:
            format = choose(offers, extension=extension)
            response = view(format)
            if extension is None:
                address = urls.keep_query(urls.document(name, format.extension))
                add_negotiation(response, "" if response.location else address)
            return response

        for rule in (path, *aliases, f"/{name}.<extension>"):
            bp.add_url_rule(rule, view_func=respond)
        return respond

    return decorate


def add_negotiation(response: AnyResponse, address: str = "") -> None:
    """Add the headers of content negotiation: Vary, and Content-Location (RFC 9110, section 8.7)."""
    response.vary.add("Accept")
    if address:
        response.headers["Content-Location"] = address


def rdf_response(triples: Iterable[Triple], format: Format, prefixes: Mapping[str, str] = PREFIXES) -> Response:
    """Statements in a format."""
    return Response(serialise(triples, format, prefixes), content_type=text(format.media_type))


def turtle_response(content: bytes, format: Format, prefixes: Mapping[str, str] = PREFIXES) -> Response:
    """A Turtle file in a format; Turtle is sent as it is, other formats have the same blank node labels each time."""
    if format is TURTLE:
        return Response(content, content_type=text(format.media_type))
    return rdf_response((quad.triple for quad in relabel_blank_nodes(parse(content, TURTLE.rdf), "")), format, prefixes)
