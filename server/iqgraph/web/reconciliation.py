"""Reconciliation: names of a table are matched with things, and columns are added from what is said of them.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ has manifest, queries, suggestions,
previews and data extension. Things are known by the last part of their IRI, types are the kinds that readers know.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode

from ..formats import URLENCODED
from ..model.facets import fold
from ..model.kinds import KINDS, Kind
from ..model.search import MAX_NAME_CHARS, Entry, has_value
from ..terms import ID, IQ, ONTOLOGY, RDF
from . import urls, views
from .extension import (
    BROKEN,
    Object,
    columns_of,
    extended,
    named_properties,
    node_of,
    object_of,
    property_of,
    proposed,
    texts_of,
)
from .http.language import LANGUAGES, chosen, language, localize
from .http.messages import FRAMED
from .http.parameters import MAX_NUMBER, whole_number
from .http.problems import Problem, require_bundled
from .query.protocol import MAX_FIELDS, TOO_MANY
from .site import site

bp = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
bp.before_request(require_bundled)  # somebody's files have no kinds, and their things no names that are known
MAX_QUERIES = 50
MAX_SUGGESTIONS = 10
MAX_CANDIDATES, USUAL_CANDIDATES = 50, 5
OTHER_KIND = 0.6  # how much of its likeness a thing keeps that is not of the kind that is looked for
STRICT = {"any": any, "all": all}  # how many of the types that are wanted a thing has to be of


# OpenRefine posts, others write into the address (https://github.com/OpenRefine/OpenRefine/issues/1952).
@bp.route("", methods=["GET", "POST"])
def reconcile() -> Response:
    """The manifest; or candidates for names, or values for things, if these are asked for."""
    if sum(map(len, request.form.listvalues())) > MAX_FIELDS:
        raise Problem("bad-request", TOO_MANY)
    queries, extend = map(request.values.get, ("queries", "extend"))  # a field that is empty says nothing
    if queries and extend:
        raise Problem(
            "bad-request",
            de="Die Anfrage nennt queries und extend. Senden Sie beides getrennt.",
            en="The request has both queries and extend. Send each by itself.",
        )
    if queries:
        batch = object_of(queries)
        if len(batch) > MAX_QUERIES:
            raise Problem(
                "too-large",
                de=f"Es sind {len(batch)} Namen auf einmal; höchstens {MAX_QUERIES} sind erlaubt (batchSize).",
                en=f"There are {len(batch)} names at once; at most {MAX_QUERIES} are allowed (batchSize).",
            )
        return _json({key: {"result": candidates(object_of(query))} for key, query in batch.items()})
    if extend:
        return _json(extended(object_of(extend)))
    if request.content_length and not (request.form and request.form.keys() <= {"queries", "extend", "lang"}):
        raise Problem(
            "bad-request" if request.form else "media-type",
            de=f"Der Inhalt nennt weder queries noch extend. Senden Sie eines davon als Formular ({URLENCODED}).",
            en=f"The body has neither queries nor extend. Send one of them as a form ({URLENCODED}).",
        )
    return _json(manifest())


def manifest() -> Object:
    """What the service offers, and where; in a language that is chosen, if one is."""
    # In the addresses a client puts the id in the place of {{id}}; the braces are doubled for Python.
    own, mark = f"{urls.host()}{bp.url_prefix}", f"?lang={chosen()}" if chosen() else ""
    names, preview = ("entity", "type", "property"), f"{own}/preview{mark or '?'}{'&' if mark else ''}id={{{{id}}}}"
    return {
        "versions": ["0.2"],
        "name": localize(site().profile.title),
        "identifierSpace": ID.iri,
        "schemaSpace": ONTOLOGY.value,
        "documentation": f"{urls.host()}/how-to/openrefine",
        "defaultTypes": [_type(kind) for kind in _kinds()],
        "view": {"url": f"{urls.host()}/id/{{{{id}}}}"},
        "batchSize": MAX_QUERIES,
        "suggest": {name: {"service_url": own, "service_path": f"/suggest/{name}{mark}"} for name in names},
        "preview": {"url": preview, "width": 400, "height": 200},
        "extend": {"propose_properties": {"service_url": own, "service_path": f"/properties{mark}"}},
    }


@bp.get("/properties")
def properties() -> Response:
    """The columns that can be added to things of a kind, or of any; of a kind that there is not, none."""
    slug = request.args.get("type", "")
    found = proposed([kind for kind in _kinds() if slug in ("", kind.slug)])
    most = _limit(request.args.get("limit"), MAX_CANDIDATES)
    return _json({"type": slug, "properties": found[:most]})


@bp.get("/suggest/<any(entity, type, property):sort>")
def suggest(sort: str) -> Response:
    """Things whose names begin as was typed, or of this id; types and properties that have it anywhere in theirs."""
    typed = request.args.get("prefix", "").strip()
    if sort == "entity":
        names, node = site().model.matching(language()), node_of(typed)
        found, named = names.beginning(typed), [one for one in names.entries if one.node == node]
        entries = [*named, *(one for one in found if one.node != node)][:MAX_SUGGESTIONS]
        return _json({"result": [_entity(one) | {"notable": _types(one)} for one in entries]})
    known = [_type(kind) for kind in _kinds()] if sort == "type" else columns_of(_kinds())
    alike = [one for one in known if any(fold(typed) in fold(text) for text in one.values())]
    return _json({"result": alike[:MAX_SUGGESTIONS]})


@bp.get("/preview")
def preview() -> Response:
    """A thing in a small frame on the page of another program."""
    node = node_of(request.args.get("id", ""))
    if node is None:
        raise Problem("not-found", de="Ein Ding dieses Namens gibt es nicht.", en="There is no thing of this name.")
    response = views.html("preview.html", heading=views.link(node).text, described=views.described(node))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def candidates(query: Object) -> list[Object]:
    """The things that a name may mean, the likest first; by properties alone, if there is no name.

    A cell without a name has none, and leaves the other names of its batch alone. So do types and properties that are
    not known: nothing is of such a type, and nothing has a value of such a property.
    """
    name, wanted = query.get("query", ""), texts_of(query.get("type"))
    columns = {pid: texts_of(one.get("v")) for pid, one in named_properties(query.get("properties"), "pid")}
    if not isinstance(name, str) or ("query" not in query and not columns):
        raise Problem("bad-request", BROKEN)
    if len(name) > MAX_NAME_CHARS or not (name.strip() or columns):
        return []
    names = site().model.matching(language())
    likely = names.find(name) if name.strip() else [(one, 1.0) for one in names.entries]
    strict = query.get("type_strict")
    if isinstance(strict, str) and strict in STRICT and wanted:
        likely = [one for one in likely if _is_of(one[0], wanted, STRICT[strict])]
    found = sorted((_scored(*one, wanted, columns) for one in likely), key=lambda one: -one[0])
    # OpenRefine takes a match without asking, so of several things of one name none is one; a document is cited by
    # the name of what it is about.
    full = [entry for score, entry, _ in found if score == 100]
    meant = [one for one in full if IQ.Document not in site().dataset.nodes(one.node, RDF.type)] or full
    most = _limit(query.get("limit"), USUAL_CANDIDATES)
    return [
        _entity(entry) | {"type": _types(entry), "score": score, "match": meant == [entry], "features": features}
        for score, entry, features in found[:most]
    ]


def _limit(given: object, usual: int) -> int:
    """How many are wanted; no more than there may be."""
    return usual if given in (None, "") else min(whole_number("limit", given, 1, MAX_NUMBER), MAX_CANDIDATES)


def _entity(entry: Entry) -> Object:
    """A thing as the API tells of it."""
    description = views.described(entry.node)
    told = {"id": entry.node.value.removeprefix(ID.iri), "name": entry.label}
    return told | ({"description": description} if description else {})


def _types(entry: Entry) -> list[Object]:
    """All kinds that a thing is of."""
    return [_type(kind) for kind in KINDS if kind.slug in entry.values["kind"]]


def _type(kind: Kind) -> Object:
    """A kind as the API tells of it."""
    return {"id": kind.slug, "name": localize(kind.name)}


def _scored(
    entry: Entry, likeness: float, wanted: Sequence[str], columns: Mapping[str, list[str]]
) -> tuple[float, Entry, list[Object]]:
    """The score of a thing of 100, and what it is made of: less if it is of another kind, or has other values."""
    fits = {pid: _fits(entry.node, property_of(pid), values) for pid, values in columns.items()}
    share = sum(fits.values()) / len(fits) if fits else 1.0
    told = [{"id": name, "value": value} for name, value in {"likeness": round(likeness, 4), **fits}.items()]
    kept = likeness * (1 if not wanted or _is_of(entry, wanted) else OTHER_KIND)
    return round(100 * kept * (1 + share) / 2, 2), entry, told


def _fits(node: NamedNode, name: NamedNode | None, wanted: Collection[str]) -> bool:
    """Whether a thing has a value of a property, which may be given by name, code or the last part of its IRI."""
    texts = []
    for value in site().dataset.values(node, name) if name else ():
        if isinstance(value, NamedNode):
            texts += [value.value.removeprefix(ID.iri), *(site().model.name(value, one) for one in LANGUAGES)]
        elif isinstance(value, Literal):
            texts.append(value.value)
    return has_value(texts, wanted)


def _is_of(entry: Entry, wanted: Sequence[str], quantifier: Callable[[Iterable[bool]], bool] = any) -> bool:
    return quantifier(slug in entry.values["kind"] for slug in wanted)


def _kinds() -> list[Kind]:
    """The kinds of which there are things."""
    slugs = {slug for entry in site().model.matching(language()).entries for slug in entry.values["kind"]}
    return [kind for kind in KINDS if kind.slug in slugs]


def _json(content: Object) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), content_type="application/json")
