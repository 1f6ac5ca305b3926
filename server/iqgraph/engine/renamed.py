"""Queries of old: what they ask for under a name that it no longer has, or in a way that finds it no more."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..terms import CONCEPT, DCTERMS, IQ, PROV, RENAMED, SKOS, current_iri
from .query import Query
from .tokens import Token, iri_of, prefix_declarations, tokens

OLD_NAMES = tuple(re.split("[/#]", old.rstrip("/"))[-1] for old in RENAMED)


@dataclass(frozen=True, slots=True)
class Change:
    """What is said in another way than until 0.3.0: the terms that such a query names, the new term, and why."""

    old: tuple[NamedNode, ...]
    new: NamedNode
    reason: Text


# Not renamed, since the same terms still mean the same in other queries. Kept until 1.0, as the old IRIs are.
CHANGES = (
    Change(
        (IQ.taskOf,),
        PROV.wasAssociatedWith,
        Text(
            de="Was jemand getan hat, ist keine Aufgabe mehr, sondern eine Tätigkeit: prov:wasAssociatedWith.",
            en="What somebody did is no longer a task but an activity: prov:wasAssociatedWith.",
        ),
    ),
    Change(
        (IQ.supports, IQ.targetGroup),
        IQ.supports,
        Text(
            de="Die Zielgruppe haben die Angebote, die unterstützt werden: iq:supports/iq:targetGroup.",
            en="The target group is that of the offers that are supported: iq:supports/iq:targetGroup.",
        ),
    ),
    Change(
        (CONCEPT["land-co-funding"],),
        CONCEPT["land-funding"],
        Text(
            de="Zusätzlich heißt eine Landesförderung nur, wo ein Satz sie so nennt; sonst: concept:land-funding.",
            en="Land funding is called additional only where a sentence does so; else it is concept:land-funding.",
        ),
    ),
    Change(
        (IQ.changedInto, IQ.FundingPeriod),
        IQ.during,
        Text(
            de="Eine Veränderung hat ihr Jahr und keine Förderperiode: iq:during/dcat:startDate.",
            en="A change has its year and no funding period: iq:during/dcat:startDate.",
        ),
    ),
    Change(
        (IQ.roleHolder, SKOS.altLabel, PROV.hadPrimarySource),
        DCTERMS.issued,
        Text(
            de="Der Tag, an dem eine Quelle erschien, ist nicht die Zeit einer Rolle: dcterms:issued der Quelle.",
            en="The day on which a source came out is not the time of a role: dcterms:issued of the source.",
        ),
    ),
    Change(
        (PROV.hadPrimarySource,),
        PROV.wasDerivedFrom,
        Text(
            de="Von einer Sekundärquelle stammt ein Graph durch prov:wasDerivedFrom; nach allen Quellen fragt "
            "prov:hadPrimarySource|prov:wasDerivedFrom.",
            en="A graph comes from a secondary source by prov:wasDerivedFrom; "
            "prov:hadPrimarySource|prov:wasDerivedFrom asks for all sources.",
        ),
    ),
    *(
        Change(
            (dated, IQ.during),
            IQ.mayApplyTo,
            Text(
                de="Ein Jahr, das zu mehr als einem gehören kann, steht für sich: iq:mayApplyTo, mit iq:during.",
                en="A year that may belong to more than one thing stands by itself: iq:mayApplyTo, with iq:during.",
            ),
        )
        for dated in (IQ.entryIntoForce, IQ.resultedIn)
    ),
    Change(
        (IQ.countOf, IQ.theme),
        IQ.countScope,
        Text(
            de="Ein Thema hat das, was gezählt wird, und nicht die Zahl: iq:countScope/iq:theme.",
            en="A theme is that of what is counted, not of the count: iq:countScope/iq:theme.",
        ),
    ),
)


def changes(text: str) -> list[Change]:
    """What a query may ask for in the way of old; worth to be told if it finds nothing."""
    prefixes = prefix_declarations(Query(text).prologue)
    named = {iri_of(token, prefixes) for token in tokens(text)}
    return [change for change in CHANGES if all(term.value in named for term in change.old)]


def with_current_iris(text: str) -> str:
    """The query with the IRIs of today in the place of old ones, in prefixes and in strings too.

    A query without an old IRI stays as it is, to the letter.
    """
    return (
        "".join(_pieces(text, prefix_declarations(Query(text).prologue)))
        if any(name in text for name in OLD_NAMES)
        else text
    )


def _pieces(text: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    end = 0
    for token in tokens(text):
        yield text[end : token.start] + _current(token, prefixes)
        end = token.start + len(token.text)
    yield text[end:]


def _current(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return f"<{current_iri(token.text[1:-1])}>"
    if token.kind == "string":
        return token.text[0] + current_iri(token.text[1:-1]) + token.text[-1]
    if token.kind == "name":
        prefix, iri = token.text.partition(":")[0], iri_of(token, prefixes)
        if current_iri(prefixes.get(prefix, "")) == prefixes.get(prefix) and current_iri(iri) != iri:
            return f"<{current_iri(iri)}>"
    return token.text
