"""What the data says of a thing in plain words: its roles as sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import DefaultGraph, NamedNode, Triple

from ...model.evidence import Mark, weakest
from ...model.model import Row, capitalised, plain
from ...resources import packaged, table
from ...terms import CONCEPT, DCAT, DCTERMS, IQ, PROV, is_derived
from .. import views
from ..http.language import language, say
from ..pictures import rows
from ..pictures.timeline import phrase
from ..signposting import published
from ..site import site
from ..views import Link

Words = Link | str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and links in order, and the sources that say so."""

    words: tuple[Words, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """What one does in a role: now, and then; in English also since. German has the time behind the verb.

    `case` is that of what it is about, in German.
    """

    de: tuple[str, str]
    en: tuple[str, str, str]
    more: str
    particle: str
    case: str

    def before(self, tense: int, times: str) -> list[str]:
        """The words before what it is about."""
        found = [self.de[tense > SINCE], times, self.more] if language() == "de" else [self.en[tense]]
        return [word for word in found if word]

    def after(self, times: str) -> list[str]:
        """The words behind it."""
        return [word for word in [say(de=self.particle, en=times)] if word]


NOW, SINCE, THEN = range(3)
VERBS = {
    row["role"]: Verb(
        (row["de_now"], row["de_then"]),
        (row["en_now"], row["en_since"], row["en_then"]),
        row["de_more"],
        row["de_particle"],
        row["case"],
    )
    for row in table(packaged().ontology, "verbs.csv")
}


def sentences(node: NamedNode) -> list[Sentence]:
    """One sentence for each role that a thing has, or that is had in it; what several roles say alike is said once.

    What a document says comes before what only other sources say.
    """
    roles: dict[str, list[Row]] = {}
    for row in rows("roles", node.value):
        roles.setdefault(row["role"], []).append(row)
    found: dict[tuple[Words, ...], tuple[Mark, ...]] = {}
    for role, own in roles.items():
        said = _sentence(NamedNode(role), own)
        found[said.words] = (*found.get(said.words, ()), *said.marks)
    made = [Sentence(words, weakest(marks)) for words, marks in found.items()]
    return sorted(made, key=lambda one: not any(mark.passage for mark in one.marks))


def _sentence(role: NamedNode, own: list[Row]) -> Sentence:
    row = own[0]
    tense, times = _when(role, own)
    verb = VERBS.get(row["kind"].removeprefix(CONCEPT.iri))
    words: list[Words] = [
        _subject(row["holder"]) if "holder" in row else say(de="Eine nicht genannte Stelle", en="An unnamed body"),
        *(verb.before(tense, times) if verb else ("–", views.link(NamedNode(row["kind"])), "–")),
        *_listed(dict.fromkeys(one["what"] for one in own), verb.case if verb else "nominative"),
    ]
    if "instrument" in row:
        words += [say(de="durch", en="through"), _name(row["instrument"], "accusative")]
    # German parts a verb such as "durchführen", and its particle ends the sentence.
    words += verb.after(times) if verb else [",", times] if times else []
    return Sentence((*words, "."), views.evidence().marks(*_said(role, own)))


def _precise(own: list[Row]) -> list[Row]:
    """The rows of a role, one for each time span: of what is stated of its beginning and end, the most precise."""
    spans: dict[str, Row] = {}
    for row in own:
        known = spans.setdefault(row.get("span", ""), dict(row))
        for key in ("start", "end"):
            known |= {key: row[key]} if len(row.get(key, "")) > len(known.get(key, "")) else {}
    return list(spans.values())


def _when(role: NamedNode, own: list[Row]) -> tuple[int, str]:
    """The tense of a role, and its times in words.

    It is the past where an end is stated, of the role, of what it is about, or by whoever else tells of the same role.
    Where no time is stated at all, what only a source of another year says was so then.
    """
    row = own[0]
    is_over = "end" not in row and (_have_ended([NamedNode(row["what"])]) or _have_ended(_alike(role)))
    words = (phrase(one, is_over=is_over) for one in _precise(own))
    times = say(de=" und ", en=" and ").join(dict.fromkeys(time for time in words if time))
    if "end" in row:
        return THEN if _is_past(row["end"]) else NOW, times
    if times:
        return THEN if is_over else SINCE, times
    if years := _years_of_sources(Triple(role, IQ.roleIn, NamedNode(row["what"]))):
        return THEN, say(de=f"nach einer Quelle von {years[-1]}", en=f"according to a source of {years[-1]}")
    if CONCEPT["vague-time"] in site().dataset.nodes(role, IQ.vagueness):
        return THEN, say(de="zu einer nicht genannten Zeit", en="at a time that is not stated")
    return THEN if is_over else NOW, ""


def _have_ended(nodes: Iterable[NamedNode]) -> bool:
    """Whether every end that is stated of things or roles is past."""
    dataset = site().dataset
    spans = (span for node in nodes for span in (node, *dataset.nodes(node, IQ.during)))
    ends = [end.value for span in spans for end in dataset.literals(span, DCAT.endDate)]
    return bool(ends) and all(map(_is_past, ends))


def _alike(role: NamedNode) -> Iterator[NamedNode]:
    """The roles of the same kind that the same holder has in the same: each source of a role states its own time."""
    dataset = site().dataset

    def told(one: NamedNode) -> list[list[NamedNode]]:
        return [dataset.nodes(one, name) for name in (IQ.roleKind, IQ.roleHolder, IQ.roleIn)]

    others = (one for holder in dataset.nodes(role, IQ.roleHolder) for one in dataset.subjects(IQ.roleHolder, holder))
    return (one for one in others if isinstance(one, NamedNode) and told(one) == told(role))


def _is_past(end: str) -> bool:
    return end < published().modified[: len(end)]


def _years_of_sources(triple: Triple) -> list[str]:
    """The years of the sources that make a statement, if each of them is of a year before that of the data."""
    dataset = site().dataset
    quads = dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    graphs = [quad.graph_name for quad in quads if not isinstance(quad.graph_name, DefaultGraph)]
    graphs = [graph for graph in graphs if not is_derived(graph)]
    sources = [source for graph in graphs for source in dataset.nodes(graph, PROV.hadPrimarySource)]
    years = sorted(issued.value[:4] for source in sources for issued in dataset.literals(source, DCTERMS.issued))
    is_old = len(years) == len(graphs) and all(map(_is_past, years))
    return years if is_old else []


def _listed(things: dict[str, None], case: str) -> Iterator[Words]:
    for number, iri in enumerate(things):
        if number:
            yield say(de="und", en="and") if number == len(things) - 1 else ","
        yield _name(iri, case)


def _said(role: NamedNode, own: list[Row]) -> Iterator[Triple]:
    for row in own:
        yield Triple(role, IQ.roleIn, NamedNode(row["what"]))
        for key, predicate in (("holder", IQ.roleHolder), ("instrument", IQ.throughInstrument), ("span", IQ.during)):
            if key in row:
                yield Triple(role, predicate, NamedNode(row[key]))


def _subject(iri: str) -> Link:
    found = _name(iri, "nominative")
    return replace(found, text=capitalised(found.text, views.title(NamedNode(iri))))


def _name(iri: str, case: str) -> Link:
    """A thing by its name in a case."""
    found = views.link(NamedNode(iri))
    forms = site().model.forms.get(iri) or plain(found.text)
    return replace(found, text=say(de=getattr(forms, case), en=forms.english))
