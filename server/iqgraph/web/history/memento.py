"""Memento (RFC 7089) for our resources: what was said of a thing at a time.

Pattern 1.1 of section 4: each resource is its own TimeGate, so `Accept-Datetime` leads from it to the document of the
version that was the newest then (302), and every version is a Memento at an address of its own.
"""

import re
from datetime import UTC, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ...dataset import Dataset
from ...engine.neighbourhood import find
from ...errors import shortened
from ...release.versions import Release
from ...terms import ONTOLOGY
from .. import urls
from ..forms import choose, split_form
from ..http.negotiation import Page
from ..http.problems import Problem
from ..site import current_site, site

# RFC 6690; RFC 7089, section 5
LINKS = Page("link-format", "link", ("application/link-format",))
NOWHERE = -2
EXAMPLE = "Tue, 31 Mar 2026 12:00:00 GMT"
_RESOURCE = re.compile(r"/((?:concept|graph|id|passage|query|rule)/.+|ontology(?:\.[a-z]+)?)", re.DOTALL)


def init_app(app: Flask) -> None:
    """Let every resource be asked as of a time, and say where its other versions are."""
    app.before_request(travel)
    app.after_request(place)


def travel() -> AnyResponse | None:
    """The way to the state at the time that a request names, if it names one and there is such a state."""
    wanted, path = request.headers.get("Accept-Datetime"), _path()
    if wanted is None or not path or site().release or request.method not in ("GET", "HEAD"):
        return None
    moment = _moment(wanted)
    mementos = _mementos(path)
    if not mementos:
        return None
    chosen = next((one for one in reversed(mementos) if _time(one) <= moment), mementos[0])
    return redirect(urls.within(_address(chosen, path)), 302)


def place(response: Response) -> Response:
    """Tell of a resource where it is in time: a Memento its own time, and each where the others are."""
    path = _path()
    if not path or not current_site().versions:
        return response
    here = site().release
    if here is None:
        # RFC 7089, section 2.1.2
        response.vary.add("Accept-Datetime")
    elif response.status_code < 400:
        response.headers["Memento-Datetime"] = _date(here)
    for link in _links(path, _mementos(path), here):
        response.headers.add("Link", link)
    return response


def timemap(path: str) -> Response:
    """All Mementos of a resource."""
    mementos = _mementos(path) if _RESOURCE.fullmatch(f"/{path}") else []
    if not mementos:
        iri = shortened(urls.called(path))
        raise Problem(
            "not-found",
            de=f"{iri} kommt in keiner Version vor, die es hier gibt. Alle Versionen stehen unter /version/.",
            en=f"{iri} is in none of the versions here. All versions are listed at /version/.",
        )
    form = choose((LINKS,), request.args.get("format"))
    response = Response(_map(path, mementos), content_type=form.media_types[0])
    response.vary.add("Accept")
    return response


def _path() -> str:
    """The path of the resource that the request is about, in whatever version; empty if it is about something else."""
    found = _RESOURCE.fullmatch(request.path)
    return found[1] if found else ""


def _mementos(path: str) -> list[Release]:
    """The releases that tell of a resource, the oldest first."""
    sites = current_site().versions.values()
    return [one.release for one in sites if one.release and _tells(one.dataset, path)]


def _tells(dataset: Dataset, path: str) -> bool:
    """Whether a dataset has a resource, or that of which the path names a form."""
    for name in {path, split_form(path)[0]}:
        if next(dataset.triples(ONTOLOGY), None) if name == "ontology" else find(dataset, urls.iri(name)):
            return True
    return False


def _moment(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
        exact = moment.tzinfo == UTC and format_datetime(moment, usegmt=True) == text.strip()
    except (ValueError, IndexError, OverflowError):
        exact = False
    if not exact:
        given = shortened(text)
        raise Problem(
            "bad-request",
            de=f"„{given}“ in Accept-Datetime ist kein Datum von HTTP. Schreiben Sie es wie {EXAMPLE}.",
            en=f"“{given}” in Accept-Datetime is not a date of HTTP. Write it as in {EXAMPLE}.",
        )
    return moment


def _time(release: Release) -> datetime:
    """A release counts from the beginning of its day."""
    return datetime.combine(release.issued, time(), UTC)


def _date(release: Release) -> str:
    return format_datetime(_time(release), usegmt=True)


def _address(release: Release, path: str) -> str:
    return urls.current(f"version/{release.version}/{quote(path)}")


def _links(path: str, mementos: list[Release], here: Release | None) -> list[str]:
    """The values of the Link header: the first and the last Memento; of a Memento also itself and its neighbours."""
    links = _origin(path) if mementos or here else []
    if mementos:
        links.append(f'<{_timemap(path)}>; rel="timemap"; type="{LINKS.media_types[0]}"')
    at = mementos.index(here) if here in mementos else NOWHERE
    listed = {0, len(mementos) - 1, at - 1, at, at + 1}
    return links + [one for place, one in enumerate(_listed(path, mementos, at)) if place in listed]


def _listed(path: str, mementos: list[Release], at: int = NOWHERE) -> list[str]:
    """All Mementos as links, with how they stand to the one that is looked at."""
    places = {"first": 0, "last": len(mementos) - 1, "prev": at - 1, "next": at + 1}
    found = []
    for number, one in enumerate(mementos):
        relation = " ".join([*(word for word, place in places.items() if place == number), "memento"])
        found.append(f'<{urls.absolute(_address(one, path))}>; rel="{relation}"; datetime="{_date(one)}"')
    return found


def _origin(path: str) -> list[str]:
    """A resource is its own TimeGate."""
    original = urls.absolute(urls.current(quote(path)))
    return [f'<{original}>; rel="original"', f'<{original}>; rel="timegate"']


def _timemap(path: str) -> str:
    return urls.absolute(urls.current(f"timemap/{quote(path)}"))


def _map(path: str, mementos: list[Release]) -> str:
    """The TimeMap in the format of RFC 6690, section 5 of RFC 7089."""
    span = f'from="{_date(mementos[0])}"; until="{_date(mementos[-1])}"'
    own = f'<{_timemap(path)}>; rel="self"; type="{LINKS.media_types[0]}"; {span}'
    return ",\n".join([*_origin(path), own, *_listed(path, mementos)]) + "\n"
