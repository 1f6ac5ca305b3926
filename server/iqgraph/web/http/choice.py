"""The format of an answer, as this request wants it."""

from collections.abc import Sequence
from functools import lru_cache

from flask import request

from ...bilingual import Text
from ...errors import shortened
from ...formats import RDF_FORMATS, Format, by_extension
from .negotiation import HTML, AnOffer, Page, is_format, named, negotiate
from .problems import Problem


def with_page(formats: tuple[Format, ...]) -> tuple[Format | Page, ...]:
    """The formats, and a page for people after them."""
    return (*formats, HTML)


MAX_REMEMBERED, MAX_REMEMBERED_CHARS = 512, 500
DOCUMENTS = with_page(RDF_FORMATS)


def choose(offers: Sequence[AnOffer], name: str | None = None) -> AnOffer:
    """The offer for this request, by a name if it gives one that is known."""
    return decide(offers, name, request.headers.get("Accept"))


def decide(offers: Sequence[AnOffer], name: str | None, accept: str | None) -> AnOffer:
    """The offer that a name means or, without a known one, that an Accept header prefers."""
    is_short = len(name or "") + len(accept or "") <= MAX_REMEMBERED_CHARS
    return (_remembered if is_short else _decided)(tuple(offers), name, accept)


def _decided(offers: tuple[AnOffer, ...], name: str | None, accept: str | None) -> AnOffer:
    known = name is not None and is_format(name)
    wanted = name if known else accept
    chosen = named(wanted or "", offers) if known else negotiate(wanted, offers)
    if chosen is None:
        offered, asked = [offer.media_types[0] for offer in offers], shortened(wanted or "")
        raise Problem(
            "not-acceptable",
            Text(
                de=f"{asked} gibt es hier nicht. Verfügbar sind: {', '.join(offered)}.",
                en=f"{asked} is not available here. Available are: {', '.join(offered)}.",
            ),
            offers=offered,
        )
    return chosen


_remembered = lru_cache(MAX_REMEMBERED)(_decided)  # clients send the same few headers again and again


def by_suffix(extension: str) -> Format | Page | None:
    """The form of a document that the end of its address names."""
    if extension == HTML.extension:
        return HTML
    form = by_extension(extension)
    return form if form in RDF_FORMATS else None
