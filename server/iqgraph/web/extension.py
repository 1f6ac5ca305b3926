"""Data extension: columns for things that were found, and beside each column who states its values."""

import json
from typing import Any, TypeVar

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text
from ..dataset import Term
from ..engine.neighbourhood import describes
from ..errors import shortened
from ..model.facets import is_name
from ..model.kinds import Kind
from ..terms import ID, XSD, expanded
from . import views
from .explore import offers
from .http.language import language, say
from .http.problems import Problem
from .site import site

MAX_IDS, MAX_PROPERTIES = 500, 20
MAX_VALUES = 50
SOURCES = ":sources"
Object = dict[str, Any]
Member = TypeVar("Member")
BROKEN = Text(
    de="Der Wert ist kein JSON-Objekt, wie die Reconciliation API 0.2 es beschreibt.",
    en="The value is no JSON object as the Reconciliation API 0.2 describes it.",
)


def extended(asked: Object) -> Object:
    """The values of properties for some things."""
    ids = _members(asked.get("ids"), MAX_IDS, str)
    columns = [name for name, _ in named_properties(asked.get("properties"), "id")]
    for name in columns:  # who states its values included
        node = property_of(name.removesuffix(SOURCES))
        if node is None or next(site().dataset.store.quads_for_pattern(None, node, None, None), None) is None:
            given = shortened(name)
            raise Problem(
                "bad-request",
                de=f"Eine Eigenschaft {given} hat hier kein Ding. /reconcile/properties nennt die, die es gibt.",
                en=f"No thing has a property {given} here. /reconcile/properties names those that there are.",
            )
    return {
        "meta": [{"id": name, "name": _heading(name)} for name in columns],
        "rows": {one: {name: _cells(one, name) for name in columns} for one in ids},
    }


def proposed(kinds: list[Kind]) -> list[Object]:
    """The columns that things of some kinds have, each also with who states its values."""
    names = [name for one in columns_of(kinds) for name in (one["id"], one["id"] + SOURCES)]
    return [{"id": name, "name": _heading(name)} for name in names]


def columns_of(kinds: list[Kind]) -> list[Object]:
    """The properties that readers have words for, those first that most things of the first kind have."""
    found = [one for kind in kinds for one in offers(kind.slug)]
    return [{"id": one.name, "name": one.label} for one in {one.name: one for one in found}.values()]


def _cells(identity: str, column: str) -> list[Object]:
    """The first values, or in the same order who states each; an empty cell is none."""
    name, node = property_of(column.removesuffix(SOURCES)), node_of(identity)
    if name is None or node is None:
        return []
    found = site().dataset.values(node, name)
    values = [one for one in found if getattr(one, "language", None) in (None, language())][:MAX_VALUES]
    if not column.endswith(SOURCES):
        return list(map(_cell, values))
    marks = (views.evidence().marks(Triple(node, name, one)) for one in values)
    return [{"str": "; ".join(mark.title for mark in own)} for own in marks]


def _heading(column: str) -> str:
    """What a column is called."""
    name = property_of(column.removesuffix(SOURCES))
    label = views.predicate_link(name).text if name else column
    return say(de=f"{label}: laut", en=f"{label}: stated in") if column.endswith(SOURCES) else label


def property_of(name: str) -> NamedNode | None:
    """The property that is meant by its IRI, or by a name with a prefix; None if that is no IRI."""
    try:
        return expanded(name)
    except ValueError:
        return None


def node_of(identity: str) -> NamedNode | None:
    """The thing that is known by the last part of its IRI; the whole IRI will do too."""
    name = identity.removeprefix(ID.iri)
    return ID[name] if is_name(name) and describes(site().dataset, ID[name].value) else None


def object_of(value: object) -> Object:
    """A value that has to be an object; as text it is JSON."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem("bad-request", BROKEN)
    return found


def _members(value: object, most: int, kind: type[Member]) -> list[Member]:
    """A value that has to be a list, if there is one, of no more than so many members of one type."""
    found = [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(one, kind) for one in found):
        raise Problem("bad-request", BROKEN)
    if len(found) > most:
        raise Problem(
            "bad-request",
            de=f"Eine Liste der Anfrage hat {len(found)} Einträge; höchstens {most} sind erlaubt.",
            en=f"A list of the request has {len(found)} members; at most {most} are allowed.",
        )
    return found


def texts_of(value: object) -> list[str]:
    """One or more values as texts; a thing is given by its id, or by its name."""
    parts = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if any(isinstance(one, dict) and one.keys().isdisjoint(("id", "name")) for one in parts):
        raise Problem("bad-request", BROKEN)
    return [str(one.get("id", one.get("name", ""))) if isinstance(one, dict) else str(one) for one in parts]


def named_properties(value: object, key: str) -> list[tuple[str, Object]]:
    """A list of objects, each with the name of a property that it has under the key."""
    found: list[tuple[Any, Object]] = [(one.get(key), one) for one in _members(value, MAX_PROPERTIES, dict)]
    if not all(isinstance(name, str) for name, _ in found):
        raise Problem("bad-request", BROKEN)
    return found


def _cell(value: Term) -> Object:
    """A value as JSON has it; a thing of ours stays a thing, so that columns can be added from it in turn."""
    if isinstance(value, NamedNode) and value in ID:
        return {"id": value.value.removeprefix(ID.iri), "name": views.link(value).text}
    if isinstance(value, Literal) and value.datatype == XSD.integer:
        return {"int": int(value.value)}
    if isinstance(value, Literal) and value.datatype in (XSD.decimal, XSD.double):
        return {"float": float(value.value)}  # JSON has no other number with a fraction
    return {"str": value.value if isinstance(value, Literal) else views.link(value).text}
