"""What is not here: the tidy address, if there is one, or the names that are nearest."""

import re

from flask import Response, redirect, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text, sentences
from ...engine.nearest import local
from ...errors import MAX_REPEATED_CHARS, shortened
from ...terms import BASE
from .. import urls, views
from ..forms import DOCUMENTS
from ..http.language import language
from ..http.problems import Problem, from_http, respond, suggest
from ..site import site

MAX_NEAREST = 5
_NUMBERED = re.compile(r"(passage/.*?)(\d{1,9})", re.DOTALL | re.ASCII)


def elsewhere(error: NotFound) -> AnyResponse:
    """A path that leads nowhere: to the tidy path if this one is not, else help."""
    found = tidied()
    if found is not None:
        return found
    if request.method not in ("GET", "HEAD"):
        return from_http(error)
    return respond(unknown(urls.iri(request.path.strip("/"))))


def tidied() -> AnyResponse | None:
    """The way to the same path without empty segments or a slash at its end; None if it is tidy or climbs."""
    path = urls.tidy(request.path)
    climbs = not {".", ".."}.isdisjoint(path.split("/"))
    if path == request.path or climbs:
        return None
    # A browser that asks with OPTIONS first follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST, QUERY"})
    # 308 keeps method and body (RFC 9110, section 15.4.9).
    return redirect(urls.within(urls.root() + path), 308)


def unknown(iri: str) -> Problem:
    """The problem with an IRI that nothing is known of, with the addresses of things with similar names."""
    path = iri.removeprefix(BASE)
    nearest = _nearest(path)
    is_thing = path == iri or (site().bundled and urls.KIND.match(path) is not None)
    if is_thing and path != iri and _has_suffix(path):  # a form of a thing's document is not the thing
        iri = iri.rpartition(".")[0]
    given = shortened(iri if is_thing else f"/{path}")
    if is_thing:
        missing = Text(de=f"Der Graph enthält nichts über {given}.", en=f"The graph has nothing about {given}.")
    else:
        missing = Text(de=f"Die Adresse {given} gibt es hier nicht.", en=f"There is no address {given} here.")
    hint = suggest([one.removeprefix(BASE) for one in nearest])
    return Problem("not-found", sentences(missing, hint), nearest=[urls.local(one) for one in nearest])


def called(address: str) -> str:
    """What the thing at an address of this site or of this IRI is called; the address if it has no name."""
    path = address.removesuffix(f"?lang={language()}").removeprefix(f"{urls.root()}/")
    iri = address if address.startswith(BASE) else urls.iri(path)
    return views.link(NamedNode(iri)).text if urls.is_ours(iri) else address


def _nearest(path: str) -> list[str]:
    if passages := _passages(path):
        return passages
    words = [path.partition("/")[2], local(path)] if urls.KIND.match(path) else [path, local(path)]
    stems = [word.rpartition(".")[0] for word in words if _has_suffix(word)]
    found = dict.fromkeys(
        iri for word in [*stems, *words] for iri in site().names.nearest(word[:MAX_REPEATED_CHARS], MAX_NEAREST)
    )
    kind = f"{BASE}{path.partition('/')[0]}/"
    return sorted(found, key=lambda iri: not iri.startswith(kind))[:MAX_NEAREST]


def _passages(path: str) -> list[str]:
    """The passages of the same document whose numbers are nearest to the number at the end of a path."""
    found = _NUMBERED.fullmatch(path)
    if not found:
        return []
    near = []
    for segment in (one for outline in site().model.outlines for one in outline.segments):
        other = _NUMBERED.fullmatch(segment.node.value.removeprefix(BASE))
        if other and other[1].casefold() == found[1].casefold():
            near.append((abs(int(other[2]) - int(found[2])), segment.node.value))
    return [iri for _, iri in sorted(near)[:MAX_NEAREST]]


def _has_suffix(word: str) -> bool:
    return word.rpartition(".")[2] in {form.extension for form in DOCUMENTS}
