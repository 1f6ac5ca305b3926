"""What the data says of a thing in plain words: its roles as sentences."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode, Triple

from ...model.evidence import Mark, weakest
from ...model.model import Row, capitalised, plain
from ...resources import packaged, table
from ...terms import CONCEPT, DCAT, DCTERMS, IQ, PROV, RDF, is_derived
from .. import views
from ..http.language import language, say, time_phrase
from ..pictures import rows
from ..site import site
from ..views import Link

Words = Link | str


Sentence = tuple[tuple[Words, ...], tuple[Mark, ...]]  # words and links in order, and the sources that say so
NOW, SINCE, THEN = "now", "since", "then"
TIME = ("span", "start", "end", "periodLabel")
# What one does in a role: now, since then, and then; in German with the case of what it is about.
VERBS: dict[str, dict[str, str]] = {row["role"]: row for row in table(packaged().ontology, "verbs.csv")}
RUNNING = {"de_now": "läuft", "de_then": "lief", "de_more": "", "de_particle": ""}
RUNNING |= {"en_now": "runs", "en_since": "has run", "en_then": "ran"}


def sentences(node: NamedNode) -> list[Sentence]:
    """One sentence for each role that a thing has, or that is had in it; what several roles say alike is said once.

    What a document says comes before what only other sources say.
    """
    roles: dict[str, list[Row]] = {}
    for row in rows("roles", node.value):
        roles.setdefault(row["role"], []).append(row)
    found: dict[tuple[Words, ...], tuple[Mark, ...]] = {}
    said = (_sentence(NamedNode(role), part) for role, own in roles.items() for part in _parts(NamedNode(role), own))
    for words, marks in (*_running(node), *said):
        found[words] = (*found.get(words, ()), *marks)
    made = [(words, weakest(marks)) for words, marks in found.items()]
    return sorted(made, key=lambda one: not any(mark.passage for mark in one[1]))


def _running(node: NamedNode) -> Iterator[Sentence]:
    """The times of a project itself, as precise as all who state them; its roles may have others by another source."""
    dataset = site().dataset
    for span in dataset.nodes(node, IQ.during) if IQ.Project in dataset.nodes(node, RDF.type) else ():
        dates = (("start", DCAT.startDate), ("end", DCAT.endDate))
        stated = {key: [one.value for one in dataset.literals(span, name)] for key, name in dates}
        row = {key: min(values, key=len) for key, values in stated.items() if values}
        if times := time_phrase(row):
            tense = THEN if site().model.is_past(row.get("end", "9")) else NOW if "end" in row else SINCE
            before, after = _predicate(RUNNING, tense, times)
            marks = views.evidence().marks(Triple(node, IQ.during, span))
            yield (_subject(node.value), *before, *after, "."), marks


def _predicate(verb: dict[str, str], tense: str, times: str) -> tuple[list[str], list[str]]:
    """The words before what a verb is about, and those behind it."""
    if language() == "de":
        # German has the time behind the verb, and parts one such as "durchführen": its particle ends the sentence.
        before, after = [verb["de_then" if tense == THEN else "de_now"], times, verb["de_more"]], verb["de_particle"]
    else:
        before, after = [verb[f"en_{tense}"]], times
    return list(filter(None, before)), [after] if after else []


def _parts(role: NamedNode, own: list[Row]) -> Iterable[list[Row]]:
    """The rows of a role, apart for what each has its time: no source of a time speaks for what only others name.

    Where no source has both, the time is that of all: only together do they say so.
    """
    if not any(_have_in_common(role, row) for row in own):
        return [own]
    parts: dict[tuple[str, ...], list[Row]] = {}
    for what in dict.fromkeys(row["what"] for row in own):
        about = [row for row in own if row["what"] == what]
        timed = [row for row in about if _have_in_common(role, row)]
        found = timed or [{key: row[key] for key in row if key not in TIME} for row in about]
        parts.setdefault(tuple(sorted(row["span"] for row in timed)), []).extend(found)
    return parts.values()


def _have_in_common(role: NamedNode, row: Row) -> bool:
    """Whether a source says both what a role is in and when."""
    about, when = Triple(role, IQ.roleIn, NamedNode(row["what"])), NamedNode(row.get("span", row["what"]))
    return "span" in row and bool(_whole([about, Triple(role, IQ.during, when)]))


def _whole(claim: Iterable[Triple]) -> set[str]:
    """The sources that make each statement of a claim."""
    return set.intersection(*({mark.iri for mark in views.evidence().marks(one)} for one in claim))


def _marks(role: NamedNode, own: list[Row]) -> Iterator[Mark]:
    """Those that say all that a sentence does of one thing; where none does, those of its parts."""
    for row in own:
        claim = [Triple(role, IQ.roleIn, NamedNode(row["what"]))]
        parts = (("holder", IQ.roleHolder), ("instrument", IQ.throughInstrument), ("span", IQ.during))
        claim += [Triple(role, name, NamedNode(row[key])) for key, name in parts if key in row]
        whole = _whole(claim)
        yield from (mark for mark in views.evidence().marks(*claim) if not whole or mark.iri in whole)


def _sentence(role: NamedNode, own: list[Row]) -> Sentence:
    row = own[0]
    tense, times = _when(role, own)
    verb = VERBS.get(row["kind"].removeprefix(CONCEPT.iri))
    before: Sequence[Words]
    if verb:
        before, after = _predicate(verb, tense, times)
    else:
        before, after = ["–", views.link(NamedNode(row["kind"])), "–"], [",", times] if times else []
    words: list[Words] = [
        _subject(row["holder"]) if "holder" in row else say(de="Eine nicht genannte Stelle", en="An unnamed body"),
        *before,
        *_listed(dict.fromkeys(one["what"] for one in own), verb["case"] if verb else "nominative"),
    ]
    if "instrument" in row:
        words += [say(de="durch", en="through"), _name(row["instrument"], "accusative")]
    return (*words, *after, "."), weakest(_marks(role, own))


def _when(role: NamedNode, own: list[Row]) -> tuple[str, str]:
    """The tense of a role, and its times in words.

    It is the past where an end is stated, of the role, of what it is about, or by whoever else tells of the same role.
    Where no time is stated at all, what only a source of another year says was so then.
    """
    row = own[0]
    # An end that is stated is told itself, so nothing has to be concluded.
    is_over = "end" not in row and site().model.has_ended(role, NamedNode(row["what"]))
    spans: dict[str, Row] = {}  # of what is stated of the beginning and the end of each, the most precise
    for one in own:
        known = spans.setdefault(one.get("span", ""), dict(one))
        known |= {key: one[key] for key in ("start", "end") if len(one.get(key, "")) > len(known.get(key, ""))}
    words = (time_phrase(one, is_over=is_over) for one in spans.values())
    times = say(de=" und ", en=" and ").join(dict.fromkeys(filter(None, words)))
    if "end" in row:
        return THEN if site().model.is_past(row["end"]) else NOW, times
    if times:
        return THEN if is_over else SINCE, times
    if years := _years_of_sources(Triple(role, IQ.roleIn, NamedNode(row["what"]))):
        return THEN, say(de=f"laut einer Quelle von {years[-1]}", en=f"according to a source of {years[-1]}")
    if CONCEPT["vague-time"] in site().dataset.nodes(role, IQ.vagueness):
        return THEN, say(de="zu einer nicht genannten Zeit", en="at a time that is not stated")
    return THEN if is_over else NOW, ""


def _years_of_sources(triple: Triple) -> list[str]:
    """The years of the sources that make a statement, if each of them is of a year before that of the data."""
    dataset = site().dataset
    quads = dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    graphs = [quad.graph_name for quad in quads if not isinstance(quad.graph_name, DefaultGraph)]
    graphs = [graph for graph in graphs if not is_derived(graph)]
    sources = [source for graph in graphs for source in dataset.nodes(graph, PROV.hadPrimarySource)]
    years = sorted(issued.value[:4] for source in sources for issued in dataset.literals(source, DCTERMS.issued))
    is_old = len(years) == len(graphs) and all(map(site().model.is_past, years))
    return years if is_old else []


def _listed(things: dict[str, None], case: str) -> Iterator[Words]:
    for number, iri in enumerate(things):
        if number:
            yield say(de="und", en="and") if number == len(things) - 1 else ","
        yield _name(iri, case)


def _subject(iri: str) -> Link:
    found = _name(iri, "nominative")
    return replace(found, text=capitalised(found.text, views.title(NamedNode(iri))))


def _name(iri: str, case: str) -> Link:
    """A thing by its name in a case."""
    found = views.link(NamedNode(iri))
    forms = site().model.forms.get(iri) or plain(found.text)
    return replace(found, text=say(de=forms[case], en=forms["english"]))
