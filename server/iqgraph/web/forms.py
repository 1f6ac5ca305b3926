"""The forms of a document: an address for each one, and an address at which the client's preference decides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import cast

from flask import Blueprint, Response, request
from pyoxigraph import Triple, parse
from werkzeug.wrappers import Response as AnyResponse

from ..dataset.reading import relabel_blank_nodes
from ..errors import shortened
from ..formats import RDF_FORMATS, TURTLE, Form, Format
from ..serialisation import serialise
from ..terms import PREFIXES
from . import urls
from .http.messages import text
from .http.negotiation import HTML, FormT, Page, by_name, is_format, negotiate
from .http.problems import Problem

DOCUMENTS: tuple[Format | Page, ...] = (*RDF_FORMATS, HTML)


def choose(offers: Sequence[FormT], name: str | None = None, extension: str | None = None) -> FormT:
    """The offer for this request: by the end of its address, else by a name that is known, or as the client prefers."""
    if extension is not None:
        found = next((one for one in offers if one.extension == extension.lower()), None)
        if found is None:
            raise without_form(extension, offers)
        return found
    known = name if name and is_format(name) else None
    return cast("FormT", decide(tuple(offers), known, request.headers.get("Accept")))


# As with languages, clients send few different ones.
@lru_cache(256)
def decide(offers: tuple[Form, ...], name: str | None, accept: str | None) -> Form:
    """The offer that the name of a format means or, without one, that an Accept header prefers."""
    chosen = by_name(name, offers) if name else negotiate(accept, offers)
    if chosen is None:
        raise not_acceptable(name or accept or "", offers)
    return chosen


def not_acceptable(wanted: str, offers: Sequence[Form]) -> Problem:
    """The problem with a wish for a form that there is not, with those that there are."""
    offered, asked = [offer.media_type for offer in offers], shortened(wanted)
    return Problem(
        "not-acceptable",
        de=f"{asked} gibt es hier nicht. Verfügbar sind: {', '.join(offered)}.",
        en=f"{asked} is not available here. Available are: {', '.join(offered)}.",
        offers=offered,
    )


View = Callable[[Format | Page], AnyResponse]


def without_form(extension: str, offers: Sequence[Form]) -> Problem:
    """The problem with a form that a document does not have, with the addresses of those that it has."""
    path, known = request.path.removesuffix(f".{extension}"), [one.extension for one in offers]
    given, listed = shortened(request.path), ", ".join(f".{one}" for one in known)
    return Problem(
        "not-found",
        de=f"{given} gibt es nicht. Die Formen dieses Dokuments sind {listed}.",
        en=f"There is no {given}. The forms of this document are {listed}.",
        forms=[urls.within(f"{urls.root()}{path}.{one}") for one in known],
    )


def split_form(name: str) -> tuple[str, Format | Page | None]:
    """A name without the end that names a form, and that form; the name itself if its end names none."""
    stem, _, extension = name.rpartition(".")
    form = next((one for one in DOCUMENTS if one.extension == extension.lower()), None)
    return (stem, form) if form else (name, None)


def route_forms(
    bp: Blueprint, path: str, *aliases: str, offers: Sequence[Format | Page] = DOCUMENTS
) -> Callable[[View], Callable[..., AnyResponse]]:
    """Let a view, which is given a form, answer at a path and at the address of each form."""
    name = path.strip("/")

    def decorate(view: View) -> Callable[..., AnyResponse]:
        @wraps(view)
        def answer(extension: str | None = None) -> AnyResponse:
            form = choose(offers, extension=extension)
            response = view(form)
            if extension is None:
                own = urls.within(urls.document(name, form.extension))
                mark_negotiated(response, "" if response.location else own)
            return response

        for rule in (path, *aliases, f"/{name}.<extension>"):
            bp.add_url_rule(rule, view_func=answer)
        return answer

    return decorate


def mark_negotiated(response: AnyResponse, address: str = "") -> None:
    """Say that Accept decided, and at which address this form is (RFC 9110, section 8.7)."""
    response.vary.add("Accept")
    if address:
        response.headers["Content-Location"] = address


def rdf_response(triples: Iterable[Triple], form: Format, prefixes: Mapping[str, str] = PREFIXES) -> Response:
    """Statements in a form."""
    return Response(serialise(triples, form, prefixes), content_type=text(form.media_type))


def turtle_response(content: bytes, form: Format, prefixes: Mapping[str, str] = PREFIXES) -> Response:
    """A file of Turtle in a form; in Turtle as it is, in others with the same names of blank nodes each time."""
    if form is TURTLE:
        return Response(content, content_type=text(form.media_type))
    return rdf_response((quad.triple for quad in relabel_blank_nodes(parse(content, TURTLE.rdf), "")), form, prefixes)
