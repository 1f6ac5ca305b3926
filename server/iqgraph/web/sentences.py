"""Roles in plain words: who does what, in what, by which means, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from ..terms import CONCEPT, IQ
from . import views
from .language import say
from .marks import Mark, marks
from .pictures import Row, rows
from .pictures.timeline import phrase
from .views import Link

Words = Link | str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and links in order, and the sources that say so."""

    words: tuple[Words, ...]
    marks: tuple[Mark, ...]


def sentences(node: NamedNode) -> list[Sentence]:
    """One sentence for each role that a thing has, or that is had in it."""
    roles: dict[str, list[Row]] = {}
    for row in rows("roles", node.value):
        roles.setdefault(row["role"], []).append(row)
    return [_sentence(NamedNode(role), own) for role, own in roles.items()]


def _sentence(role: NamedNode, own: list[Row]) -> Sentence:
    row = own[0]
    words: list[Words] = [
        _link(row["holder"]) if "holder" in row else say("Wer, ist nicht genannt:", "Who is not named:"),
        *_verb(row["kind"]),
        *_listed(dict.fromkeys(one["what"] for one in own)),
    ]
    if "instrument" in row:
        words += [say("durch", "through"), _link(row["instrument"])]
    times = dict.fromkeys(time for time in map(phrase, own) if time)
    words += [",", say(" und ", " and ").join(times)] if times else []
    return Sentence((*words, "."), marks(*_said(role, own)))


def _verb(kind: str) -> tuple[Words, ...]:
    known = {
        "administration": say("administriert", "administers"),
        "coordination": say("koordiniert", "coordinates"),
        "funding": say("fördert", "funds"),
        "implementation-partner": say("ist Partner in der Umsetzung von", "is a partner in implementing"),
        "land-co-funding": say("fördert zusätzlich", "additionally funds"),
        "provider": say("führt durch:", "runs"),
    }
    verb = known.get(kind.removeprefix(CONCEPT.iri))
    return (verb,) if verb else ("–", _link(kind), "–")


def _listed(things: dict[str, None]) -> Iterator[Words]:
    for number, iri in enumerate(things):
        if number:
            yield say("und", "and") if number == len(things) - 1 else ","
        yield _link(iri)


def _said(role: NamedNode, own: list[Row]) -> Iterator[Triple]:
    for row in own:
        yield Triple(role, IQ.roleIn, NamedNode(row["what"]))
        for key, predicate in (("holder", IQ.roleHolder), ("instrument", IQ.throughInstrument), ("span", IQ.during)):
            if key in row:
                yield Triple(role, predicate, NamedNode(row[key]))


def _link(iri: str) -> Link:
    return views.link(NamedNode(iri))
