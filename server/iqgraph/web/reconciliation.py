"""The Reconciliation Service API 0.2, which matches names in a table with things.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. The identifier of a thing is the last
part of its IRI, types are the kinds of things.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset, Term
from ..formats import URLENCODED
from ..model.facets import fold
from ..model.kinds import KINDS, Kind
from ..model.matching import MAX_NAME_CHARS, normalise
from ..model.search import Entry
from ..terms import ID, IQ, ONTOLOGY, RDF
from . import extension, urls, views
from .extension import INVALID_VALUE, Object, node_of, parse_object, parse_properties, parse_texts, property_of
from .http.language import LANGUAGES, language, localize, requested_language
from .http.messages import EMBEDDABLE_POLICY
from .http.parameters import MAX_NUMBER, whole_number
from .http.problems import Problem, require_bundled
from .query.protocol import parse_pairs
from .site import memoize, site

bp = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
bp.before_request(require_bundled)  # user files have neither kinds nor known names
MAX_QUERIES = 50
MAX_SUGGESTIONS = 10
MAX_CANDIDATES, DEFAULT_CANDIDATES = 50, 5
OTHER_KIND_FACTOR = 0.6  # for the score of a thing that has none of the requested types
STRICT = {"any": any, "all": all}  # how many of the requested types a thing must have, by `type_strict`


@bp.before_request
def check_fields() -> None:
    """Refuse fields that are not UTF-8, which Flask would read with U+FFFD, or too many fields."""
    for form in (request.query_string, request.get_data() if request.mimetype == URLENCODED else b""):
        parse_pairs(form)


# OpenRefine sends POST, other clients GET (https://github.com/OpenRefine/OpenRefine/issues/1952).
@bp.route("", methods=["GET", "POST"])
def reconcile() -> Response:
    """Return candidates for names, or values for things; without parameters, the manifest."""
    queries, extend = map(request.values.get, ("queries", "extend"))
    if queries and extend:
        raise Problem(
            "bad-request",
            de="Die Anfrage nennt queries und extend. Senden Sie beides getrennt.",
            en="The request has both queries and extend. Send them separately.",
        )
    if queries:
        batch = parse_object(queries)
        if len(batch) > MAX_QUERIES:
            raise Problem(
                "too-large",
                de=f"Es sind {len(batch)} Namen auf einmal; höchstens {MAX_QUERIES} sind erlaubt (batchSize).",
                en=f"The batch has {len(batch)} names; at most {MAX_QUERIES} are allowed (batchSize).",
            )
        return _json({key: {"result": candidates(parse_object(query))} for key, query in batch.items()})
    if extend:
        return _json(extension.extend(parse_object(extend)))
    if request.content_length and not (request.form and request.form.keys() <= {"queries", "extend", "lang"}):
        raise Problem(
            "bad-request" if request.form else "media-type",
            de=f"Der Inhalt nennt weder queries noch extend. Senden Sie eines davon als Formular ({URLENCODED}).",
            en=f"The body has neither queries nor extend. Send one of them as a form ({URLENCODED}).",
        )
    return _json(manifest())


def manifest() -> Object:
    """Describe the service; its URLs keep a requested language."""
    # Clients replace {{id}}; the braces are doubled for Python.
    root, tag = f"{urls.host()}{bp.url_prefix}", requested_language()
    query = f"?lang={tag}" if tag else ""
    preview_url = f"{root}/preview{f'{query}&' if query else '?'}id={{{{id}}}}"
    return {
        "versions": ["0.2"],
        "name": localize(site().profile.title),
        "identifierSpace": ID.iri,
        "schemaSpace": ONTOLOGY.value,
        "documentation": f"{urls.host()}/how-to/openrefine",
        "defaultTypes": [_type(kind) for kind in _kinds()],
        "view": {"url": f"{urls.host()}/id/{{{{id}}}}"},
        "batchSize": MAX_QUERIES,
        "suggest": {
            name: {"service_url": root, "service_path": f"/suggest/{name}{query}"}
            for name in ("entity", "type", "property")
        },
        "preview": {"url": preview_url, "width": 400, "height": 200},
        "extend": {"propose_properties": {"service_url": root, "service_path": f"/properties{query}"}},
    }


@bp.get("/properties")
def properties() -> Response:
    """Return the columns for things of a type, or of any; none if the type is unknown."""
    slug = request.args.get("type", "")
    columns = extension.propose_columns([kind for kind in _kinds() if slug in ("", kind.slug)])
    limit = _parse_limit(request.args.get("limit"), MAX_CANDIDATES)
    return _json({"type": slug, "properties": columns[:limit]})


@bp.get("/suggest/<any(entity, type, property):sort>")
def suggest(sort: str) -> Response:
    """Return things whose names begin with the prefix or whose id it is, or types or properties that contain it."""
    prefix = request.args.get("prefix", "").strip()
    if sort == "entity":
        names, node = site().model.matching(language()), node_of(prefix)
        exact = [entry for entry in names.entries if entry.node == node]
        entries = [*exact, *(entry for entry in names.complete(prefix) if entry.node != node)][:MAX_SUGGESTIONS]
        return _json({"result": [_entity(entry) | {"notable": _types(entry)} for entry in entries]})
    suggestions = [_type(kind) for kind in _kinds()] if sort == "type" else extension.properties_of(_kinds())
    folded = fold(prefix)
    matches = [item for item in suggestions if any(folded in fold(text) for text in item.values())]
    return _json({"result": matches[:MAX_SUGGESTIONS]})


@bp.get("/preview")
def preview() -> Response:
    """Show a thing in a small frame of a client."""
    node = node_of(request.args.get("id", ""))
    if node is None:
        raise Problem("not-found", de="Ein solches Ding gibt es nicht.", en="There is no such thing.")
    response = views.html("preview.html", heading=views.link(node).text, description=views.description(node))
    response.headers["Content-Security-Policy"] = EMBEDDABLE_POLICY
    return response


def candidates(query: Object) -> list[Object]:
    """Return the candidates for a name, the best first; without a name, for the values of properties.

    A blank name is none. Unknown types and properties match nothing; they are no errors, since those would fail the
    other names of the batch.
    """
    name, types = query.get("query", ""), parse_texts(query.get("type"))
    properties = parse_properties(query.get("properties"), "pid")
    values = {pid: _things_with(property_of(pid), parse_texts(item.get("v"))) for pid, item in properties.items()}
    if not isinstance(name, str) or ("query" not in query and not values):
        raise Problem("bad-request", INVALID_VALUE)
    if len(name) > MAX_NAME_CHARS:
        return []
    names, found = site().model.matching(language()), set[Term]().union(*values.values())
    matches = names.find(name) if name.strip() else [(one, 1.0) for one in names.entries if one.node in found]
    strict = query.get("type_strict")
    if isinstance(strict, str) and strict in STRICT and types:
        matches = [(entry, similarity) for entry, similarity in matches if _has_type(entry, types, STRICT[strict])]
    ranking = [(entry, _score(entry, similarity, types, values)) for entry, similarity in matches]
    ranking.sort(key=lambda pair: -pair[1]["score"])
    # OpenRefine accepts a match without asking, so of several things with one name none is a match. A document is also
    # found by the name of its subject, which comes first.
    perfect = [entry for entry, score in ranking if score["score"] == 100]
    best = [entry for entry in perfect if IQ.Document not in site().dataset.nodes(entry.node, RDF.type)] or perfect
    first = ranking[: _parse_limit(query.get("limit"), DEFAULT_CANDIDATES)]
    return [_entity(entry) | {"type": _types(entry), "match": best == [entry]} | score for entry, score in first]


def _parse_limit(value: object, default: int) -> int:
    return default if value in (None, "") else min(whole_number("limit", value, 1, MAX_NUMBER), MAX_CANDIDATES)


def _entity(entry: Entry) -> Object:
    """Return a thing as the API writes it."""
    description = views.description(entry.node)
    entity = {"id": entry.node.value.removeprefix(ID.iri), "name": entry.label}
    return entity | ({"description": description} if description else {})


def _types(entry: Entry) -> list[Object]:
    """Return all kinds of a thing as types."""
    return [_type(kind) for kind in KINDS if kind.slug in entry.values["kind"]]


def _type(kind: Kind) -> Object:
    return {"id": kind.slug, "name": localize(kind.name)}


def _score(entry: Entry, similarity: float, types: Sequence[str], values: Mapping[str, set[Term]]) -> Object:
    """Score a thing by its name, its types, and the things with each of the property values, up to 100."""
    matches = {pid: entry.node in things for pid, things in values.items()}
    share = sum(matches.values()) / len(matches) if matches else 1.0
    features = [{"id": name, "value": value} for name, value in {"likeness": round(similarity, 4), **matches}.items()]
    factor = 1 if not types or _has_type(entry, types) else OTHER_KIND_FACTOR
    return {"score": round(100 * similarity * factor * (1 + share) / 2, 2), "features": features}


def _things_with(name: NamedNode | None, texts: Iterable[str]) -> set[Term]:
    """Return the things that have a property with one of these values."""
    if name is None:
        return set()
    # Only properties of the data get here, so clients cannot fill the memory.
    things = memoize(f"things by value of {name}", partial(_by_value, name))
    return set().union(*(things.get(normalise(text), ()) for text in texts))


def _by_value(name: NamedNode, dataset: Dataset) -> dict[str, set[Term]]:
    """Return the things with a property by each normalised value: a literal, or the name or identifier of a thing."""
    things: dict[str, set[Term]] = defaultdict(set)
    for quad in dataset.store.quads_for_pattern(None, name, None, UNION):
        value = quad.object
        texts = [value.value.removeprefix(ID.iri)] if isinstance(value, NamedNode | Literal) else []
        if isinstance(value, NamedNode):
            texts += [site().model.name(value, tag) for tag in LANGUAGES]
        for text in texts:
            things[normalise(text)].add(quad.subject)
    return things


def _has_type(entry: Entry, types: Sequence[str], quantifier: Callable[[Iterable[bool]], bool] = any) -> bool:
    return quantifier(slug in entry.values["kind"] for slug in types)


def _kinds() -> list[Kind]:
    """Return the kinds that have things."""
    slugs = {slug for entry in site().model.matching(language()).entries for slug in entry.values["kind"]}
    return [kind for kind in KINDS if kind.slug in slugs]


def _json(content: Object) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), content_type="application/json")
