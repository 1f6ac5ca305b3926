"""What is not here: the tidy address, if there is one, or the names that are nearest."""

from flask import Blueprint, redirect, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ...engine.things.nearest import local
from ...terms import BASE
from .. import urls, views
from ..http.choice import DOCUMENTS
from ..http.language import language
from ..http.problems import MAX_REPEATED_CHARS, Problem, from_http, respond, shortened
from ..site import site

bp = Blueprint("missing", __name__)

NEAREST = 5


@bp.app_errorhandler(404)
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
    if path == request.path or climbs or request.method not in ("GET", "HEAD"):
        return None
    return redirect(urls.within(urls.root() + path), 308)


def unknown(iri: str) -> Problem:
    """The problem with an IRI that nothing is known of, with the addresses of things with similar names."""
    path = iri.removeprefix(BASE)
    nearest = _nearest(path)
    hint = f" Near to it are: {', '.join(one.removeprefix(BASE) for one in nearest)}." if nearest else ""
    if urls.KIND.match(path) and _has_suffix(path):  # a form of a thing's document is not the thing
        iri = iri.rpartition(".")[0]
    what = f"the thing {shortened(iri)}" if path != iri else shortened(iri)
    return Problem(
        "not-found", f"The graph knows nothing of {what}.{hint}", nearest=[urls.local(one) for one in nearest]
    )


def without_form(node: NamedNode, extension: str) -> Problem:
    """The problem with a form of a document that does not exist, with the addresses of those that do."""
    forms = [urls.form(node.value, form.extension) for form in DOCUMENTS]
    known = ", ".join(f".{form.extension}" for form in DOCUMENTS)
    return Problem("not-found", f"{node.value} has no form .{shortened(extension)}; it has {known}.", forms=forms)


@bp.app_template_global()
def called(address: str) -> str:
    """What the thing at an address of this site or of this IRI is called; the address if it has no name."""
    path = address.removesuffix(f"?lang={language()}").removeprefix(f"{urls.root()}/")
    iri = address if address.startswith(BASE) else urls.iri(path)
    return views.link(NamedNode(iri)).text if urls.is_ours(iri) else address


def _nearest(path: str) -> list[str]:
    words = [path.partition("/")[2], local(path)] if urls.KIND.match(path) else [path, local(path)]
    stems = [word.rpartition(".")[0] for word in words if _has_suffix(word)]
    found = dict.fromkeys(
        iri for word in [*stems, *words] for iri in site().names.nearest(word[:MAX_REPEATED_CHARS], NEAREST)
    )
    kind = f"{BASE}{path.partition('/')[0]}/"
    return sorted(found, key=lambda iri: not iri.startswith(kind))[:NEAREST]


def _has_suffix(word: str) -> bool:
    return word.rpartition(".")[2] in {form.extension for form in DOCUMENTS}
