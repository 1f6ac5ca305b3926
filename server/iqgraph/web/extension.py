"""Data extension of the Reconciliation API: property values of things as columns, each with a column of sources."""

import json
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text
from ..dataset import Term
from ..engine.neighbourhood import describes
from ..model.facets import is_name
from ..model.kinds import Kind
from ..terms import ID, XSD, expand
from . import views
from .explore import offers
from .http.language import language, say
from .http.problems import Problem, unknown_name
from .site import site

MAX_IDS, MAX_PROPERTIES = 500, 20
MAX_VALUES = 50
SOURCES = ":sources"
Object = dict[str, Any]
INVALID_VALUE = Text(
    de="Der Wert ist kein JSON-Objekt, wie die Reconciliation API 0.2 es beschreibt.",
    en="The value is not a JSON object as defined by the Reconciliation API 0.2.",
)
ALL_PROPERTIES = Text(de="/reconcile/properties nennt alle.", en="/reconcile/properties lists all.")
HALF_PAIR = Text(  # https://www.rfc-editor.org/rfc/rfc8259#section-8.2
    de="Ein Text der Anfrage enthält das Surrogat {} ohne seine andere Hälfte; schreiben Sie das ganze Zeichen.",
    en="A text of the request has the surrogate {} without its other half. Write the whole character.",
)


def extend(request: Object) -> Object:
    """Return the values of properties of things."""
    ids = _parse_list(request.get("ids"), MAX_IDS, str)
    columns = list(parse_properties(request.get("properties"), "id"))
    for name in columns:
        if property_of(name.removesuffix(SOURCES)) is None:
            raise unknown_name(Text(de="Die Eigenschaft", en="property"), name, (), "bad-request", ALL_PROPERTIES)
    return {
        "meta": [{"id": name, "name": _heading(name)} for name in columns],
        "rows": {identifier: {name: _cells(identifier, name) for name in columns} for identifier in ids},
    }


def propose_columns(kinds: list[Kind]) -> list[Object]:
    """Return the columns for things of some kinds, each followed by its column of sources."""
    names = [name for column in properties_of(kinds) for name in (column["id"], column["id"] + SOURCES)]
    return [{"id": name, "name": _heading(name)} for name in names]


def properties_of(kinds: list[Kind]) -> list[Object]:
    """Return the properties that have labels, the most frequent of the first kind first."""
    columns = {column.name: column for kind in kinds for column in offers(kind.slug)}
    return [{"id": column.name, "name": column.label} for column in columns.values()]


def _cells(identifier: str, column: str) -> list[Object]:
    """Return the first values of a thing in a column or, in the same order, their sources."""
    name, node = property_of(column.removesuffix(SOURCES)), node_of(identifier)
    if name is None or node is None:
        return []
    terms = site().dataset.values(node, name)
    values = [term for term in terms if getattr(term, "language", None) in (None, language())][:MAX_VALUES]
    if not column.endswith(SOURCES):
        return list(map(_cell, values))
    marks = (views.evidence().marks(Triple(node, name, value)) for value in values)
    return [{"str": "; ".join(mark.title for mark in group)} for group in marks]


def _heading(column: str) -> str:
    name = property_of(column.removesuffix(SOURCES))
    label = views.predicate_link(name).text if name else column
    return say(de=f"{label}: laut", en=f"{label}: stated in") if column.endswith(SOURCES) else label


def property_of(name: str) -> NamedNode | None:
    """Return the property with this IRI or prefixed name; None if the data has none."""
    try:
        node = expand(name)
    except ValueError:
        return None
    return node if any(True for _ in site().dataset.store.quads_for_pattern(None, node, None, None)) else None


def node_of(identifier: str) -> NamedNode | None:
    """Return the thing with this identifier, the last part of its IRI; the whole IRI is accepted too."""
    name = identifier.removeprefix(ID.iri)
    return ID[name] if is_name(name) and describes(site().dataset, ID[name].value) else None


def parse_object(value: object) -> Object:
    """Return a value that must be an object, or JSON of one."""
    try:
        content = json.loads(value) if isinstance(value, str) else value
        if content is not value:  # the parts of an object were encoded with it
            json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):x}"
        raise Problem("bad-request", HALF_PAIR.format(half)) from error
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Problem("bad-request", INVALID_VALUE)
    return content


def _parse_list(value: object, max_length: int, *types: type) -> list[Any]:
    """Return a value that must be a list of items of these types, or missing."""
    items = [] if value is None else value
    if not isinstance(items, list) or not all(isinstance(item, types) for item in items):
        raise Problem("bad-request", INVALID_VALUE)
    if len(items) > max_length:
        raise Problem(
            "bad-request",
            de=f"Eine Liste der Anfrage hat {len(items)} Einträge; höchstens {max_length} sind erlaubt.",
            en=f"A list in the request has {len(items)} items; at most {max_length} are allowed.",
        )
    return items


def parse_texts(value: object) -> list[str]:
    """Return one or more texts, numbers or truth values as texts; a thing stands for its id, else for its name."""
    items = value if isinstance(value, list) else [] if value in (None, "") else [value]
    items = [item.get("id", item.get("name")) if isinstance(item, dict) else item for item in items]
    return list(map(str, _parse_list(items, MAX_VALUES, str, int, float)))


def parse_properties(value: object, key: str) -> dict[str, Object]:
    """Return a list of objects by the name of the property that each has under `key`."""
    items = _parse_list(value, MAX_PROPERTIES, dict)
    if not all(isinstance(item.get(key), str) for item in items):
        raise Problem("bad-request", INVALID_VALUE)
    return {item[key]: item for item in items}


def _cell(value: Term) -> Object:
    """Return a value as the API writes it; one of our things can be extended in turn."""
    if isinstance(value, NamedNode) and value in ID:
        return {"id": value.value.removeprefix(ID.iri), "name": views.link(value).text}
    if isinstance(value, Literal) and value.datatype == XSD.integer:
        return {"int": int(value.value)}
    if isinstance(value, Literal) and value.datatype in (XSD.decimal, XSD.double):
        return {"float": float(value.value)}
    return {"str": value.value if isinstance(value, Literal) else views.link(value).text}
