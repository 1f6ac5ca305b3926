"""Reconciliation: names of a table are matched with things, and columns are added from what is said of them.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ has manifest, queries, suggestions,
previews and data extension. Things are known by the last part of their IRI, types are the kinds that readers know.
"""

import json
from html import escape

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from ..model.facets import fold
from ..model.kinds import KINDS, Kind, by_slug
from ..terms import ID, ONTOLOGY
from . import urls, views
from .candidates import MAX_CANDIDATES, candidates, entity, kinds_of, known_kind, limit, matching, type_of
from .extension import Object, columns_of, extended, facts, known_property, node_of, object_of, proposed
from .http.language import chosen, localize
from .http.messages import POLICY
from .http.parameters import MAX_NUMBER, require_single, whole_number
from .http.problems import Problem, not_bundled
from .site import memoized, site

bp = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
MAX_QUERIES = 50
MAX_SUGGESTIONS = 10
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


@bp.before_request
def require_names() -> None:
    """Somebody's files have no kinds, and their things no names that are known."""
    if not site().bundled:
        raise not_bundled(
            de="Abgleichen lassen sich nur Namen mit dem mitgelieferten Graphen.",
            en="Names can be reconciled with the bundled graph only.",
        )


@bp.route("", methods=["GET", "POST"])
def reconcile() -> Response:
    """The manifest; or candidates for names, or values for things, if these are asked for."""
    given = request.values
    require_single([*request.args.items(multi=True), *request.form.items(multi=True)])
    if "queries" in given and "extend" in given:
        raise Problem(
            "bad-request",
            de="Die Anfrage nennt queries und extend. Senden Sie beides getrennt.",
            en="The request has both queries and extend. Send each by itself.",
        )
    if "queries" in given:
        queries = object_of(given["queries"])
        if len(queries) > MAX_QUERIES:
            raise Problem(
                "too-large",
                de=f"Es sind {len(queries)} Namen auf einmal; höchstens {MAX_QUERIES} sind erlaubt (batchSize).",
                en=f"There are {len(queries)} names at once; at most {MAX_QUERIES} are allowed (batchSize).",
            )
        return _json({key: {"result": candidates(object_of(query))} for key, query in queries.items()})
    return _json(extended(object_of(given["extend"])) if "extend" in given else manifest())


def manifest() -> Object:
    """What the service offers, and where; in a language that is chosen, if one is."""
    own, mark = f"{urls.host()}{bp.url_prefix}", f"?lang={chosen()}" if chosen() else ""
    more = f"{mark}&" if mark else "?"

    def service(name: str) -> Object:
        flyout = {"flyout_service_url": own, "flyout_service_path": f"/flyout/{name}{more}id=${{id}}"}
        return {"service_url": own, "service_path": f"/suggest/{name}{mark}", **flyout}

    return {
        "versions": ["0.2"],
        "name": localize(site().profile.title),
        "identifierSpace": ID.iri,
        "schemaSpace": ONTOLOGY.value,
        "documentation": f"{urls.host()}/how-to/openrefine",
        "defaultTypes": [type_of(kind) for kind in _kinds()],
        "view": {"url": f"{urls.host()}/id/{{{{id}}}}"},
        "batchSize": MAX_QUERIES,
        "suggest": {name: service(name) for name in ("entity", "type", "property")},
        "preview": {"url": f"{own}/preview{more}id={{{{id}}}}", "width": 400, "height": 200},
        "extend": {"propose_properties": {"service_url": own, "service_path": f"/properties{mark}"}},
    }


@bp.get("/properties")
def properties() -> Response:
    """The columns that can be added to things of a kind, or of any."""
    slug = request.args.get("type", "")
    found = proposed([kind for kind in _kinds() if not slug or kind.slug == known_kind(slug)])
    return _json({"type": slug, "properties": found[: limit(request.args.get("limit"), MAX_CANDIDATES)]})


@bp.get("/suggest/<any(entity, type, property):sort>")
def suggest(sort: str) -> Response:
    """What begins as was typed; a thing also by its id."""
    typed = request.args.get("prefix", "").strip()
    start = whole_number("cursor", request.args.get("cursor") or 0, 0, MAX_NUMBER)
    part = slice(start, start + MAX_SUGGESTIONS)
    if sort == "entity":
        node, found = node_of(typed), [one.entry for one in matching().beginning(typed)]
        named = [one for one in matching().entries if one.node == node]
        entries = [*named, *(one for one in found if one.node != node)][part]
        told = [entity(one) | {"notable": [type_of(kind) for kind in kinds_of(one)]} for one in entries]
        return _json({"result": told})
    known = [type_of(kind) for kind in _kinds()] if sort == "type" else columns_of(_kinds())
    return _json({"result": [one for one in known if any(fold(typed) in fold(text) for text in one.values())][part]})


@bp.get("/flyout/<any(entity, type, property):sort>")
def flyout(sort: str) -> Response:
    """A line about what was suggested."""
    given = request.args.get("id", "")
    if sort == "type" and (kind := by_slug(known_kind(given))):
        heading, text = localize(kind.name), localize(kind.plural)
    else:
        node = _thing(given) if sort == "entity" else known_property(given)
        heading, text = views.link(node).text, views.described(node)
    return _json({"id": given, "html": f"<p><b>{escape(heading)}</b> {escape(text)}</p>"})


@bp.get("/preview")
def preview() -> Response:
    """A thing in a small frame on the page of another program."""
    node = _thing(request.args.get("id", ""))
    heading, described = views.link(node).text, views.described(node)
    response = views.html("preview.html", heading=heading, described=described, facts=facts(node))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _thing(name: str) -> NamedNode:
    """The thing of a name; a problem if there is none."""
    node = node_of(name)
    if node is None:
        raise Problem(
            "not-found",
            de="Ein Ding dieses Namens gibt es nicht. Die Namen nennt der Abgleich.",
            en="There is no thing of this name. Reconciliation gives the names.",
        )
    return node


def _kinds() -> list[Kind]:
    """The kinds of which there are things."""
    found: list[Kind] = memoized("kinds of things", lambda _: _found_kinds())
    return found


def _found_kinds() -> list[Kind]:
    slugs = {slug for entry in matching().entries for slug in entry.values["kind"]}
    return [kind for kind in KINDS if kind.slug in slugs]


def _json(content: Object) -> Response:
    response = Response(json.dumps(content, ensure_ascii=False), content_type="application/json")
    response.vary.add("Accept-Language")
    return response
