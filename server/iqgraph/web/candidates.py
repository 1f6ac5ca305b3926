"""Candidates: which things a name of a table may mean, by its likeness, the kind and the values of the row."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from ..dataset import Term
from ..model.kinds import KINDS, Kind
from ..model.matching import MAX_NAME_CHARS, Match, Matching, has_value
from ..model.search import Entry
from ..terms import ID
from . import views
from .extension import Object, named_properties
from .http.language import LANGUAGES, language, localize
from .http.parameters import MAX_NUMBER, choice, whole_number
from .http.problems import Problem
from .site import site

MAX_CANDIDATES, USUAL_CANDIDATES = 50, 5
OTHER_KIND = 0.6  # how much of its likeness a thing keeps that is not of the kind that is looked for
STRICT = ("any", "all")


class Scored(NamedTuple):
    """A thing that may be meant, its score of 100, and which values of the row it has."""

    match: Match
    score: float
    fits: dict[str, bool]


class Column(NamedTuple):
    """A property by its name and as a term, with the values that the row of the table has."""

    name: str
    node: NamedNode
    values: list[str]


def candidates(query: Object) -> list[Object]:
    """The things that a name may mean, the likest first; by properties alone, if there is no name."""
    name, wanted = query.get("query", ""), [known_kind(one) for one in _texts(query.get("type"))]
    properties = [
        Column(one["pid"], node, _texts(one.get("v"))) for one, node in named_properties(query.get("properties"), "pid")
    ]
    if not isinstance(name, str) or len(name) > MAX_NAME_CHARS or not (name.strip() or properties):
        raise Problem(
            "bad-request",
            de=f"Ein Name braucht 1 bis {MAX_NAME_CHARS} Zeichen im Feld query, oder Eigenschaften in properties.",
            en=f"A name needs 1 to {MAX_NAME_CHARS} characters in the field query, or properties.",
        )
    likely = matching().find(name) if name.strip() else [Match(one, 1.0) for one in matching().entries]
    if query.get("type_strict") in STRICT and wanted:
        likely = [one for one in likely if _is_of(one.entry, wanted)]
    found = [_scored(one, wanted, properties) for one in likely]
    found.sort(key=lambda one: -one.score)
    is_only = sum(one.score == 100 for one in found) == 1
    return [_told(one, is_match=is_only and one.score == 100) for one in found[: limit(query.get("limit"))]]


def matching() -> Matching:
    """The names of all things."""
    return site().model.matching(language())


def entity(entry: Entry) -> Object:
    """A thing as the API tells of it."""
    description = views.described(entry.node)
    told = {"id": entry.node.value.removeprefix(ID.iri), "name": entry.label}
    return told | ({"description": description} if description else {})


def kinds_of(entry: Entry) -> list[Kind]:
    """All kinds that a thing is of."""
    return [kind for kind in KINDS if kind.slug in entry.values["kind"]]


def type_of(kind: Kind) -> Object:
    """A kind as the API tells of it."""
    return {"id": kind.slug, "name": localize(kind.name)}


def known_kind(slug: str) -> str:
    """The name of a kind that there is."""
    return choice("type", slug, (kind.slug for kind in KINDS), "bad-request")


def limit(given: object, usual: int = USUAL_CANDIDATES) -> int:
    """How many are wanted; no more than there may be."""
    return usual if given in (None, "") else min(whole_number("limit", given, 1, MAX_NUMBER), MAX_CANDIDATES)


def _scored(match: Match, wanted: Sequence[str], columns: Sequence[Column]) -> Scored:
    """A thing with its score: less if it is of another kind, or has not the values that the row has."""
    fits = {one.name: _fits(match.entry.node, one) for one in columns}
    likeness = match.likeness * (1 if not wanted or _is_of(match.entry, wanted) else OTHER_KIND)
    share = sum(fits.values()) / len(fits) if fits else 1.0
    return Scored(match, round(100 * likeness * (1 + share) / 2, 2), fits)


def _told(one: Scored, *, is_match: bool) -> Object:
    features = [{"id": "likeness", "value": round(one.match.likeness, 4)}]
    features += [{"id": name, "value": fit} for name, fit in one.fits.items()]
    types = [type_of(kind) for kind in kinds_of(one.match.entry)]
    return entity(one.match.entry) | {"type": types, "score": one.score, "match": is_match, "features": features}


def _fits(node: NamedNode, column: Column) -> bool:
    """Whether a thing has a value of a property, which may be given by name, code or the last part of its IRI."""
    texts = [text for value in site().dataset.values(node, column.node) for text in _names(value)]
    return has_value(texts, column.values)


def _names(value: Term) -> Iterator[str]:
    if isinstance(value, NamedNode):
        yield from (value.value.removeprefix(ID.iri), *(site().model.name(value, one) for one in LANGUAGES))
    elif isinstance(value, Literal):
        yield value.value


def _is_of(entry: Entry, wanted: Sequence[str]) -> bool:
    return any(slug in wanted for slug in entry.values["kind"])


def _texts(value: object) -> list[str]:
    """One or more values as texts; a thing is given by its id, or by its name."""
    parts = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return [str(one.get("id", one.get("name", ""))) if isinstance(one, dict) else str(one) for one in parts]
