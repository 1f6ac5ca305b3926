"""The roles of a thing as sentences, each with its evidence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from pyoxigraph import DefaultGraph, NamedNode, Triple

from ...bilingual import Text
from ...dataset import Term
from ...model.evidence import Mark, weakest_marks
from ...model.model import Row, capitalise, plain
from ...resources import packaged, table
from ...terms import CONCEPT, DCAT, DCTERMS, IQ, PROV, RDF, expand, is_derived
from .. import views
from ..http.language import language, localize, say, time_phrase
from ..pictures import rows
from ..site import site
from ..views import Link

NOW, SINCE, THEN = "now", "since", "then"
PROPERTIES = {"what": IQ.roleIn, "holder": IQ.roleHolder, "instrument": IQ.throughInstrument, "span": IQ.during}
ROLE = {"kind": IQ.roleKind, **PROPERTIES}
TIME = ("span", "start", "end", "periodLabel")
# The verbs of a role in the tenses now, since and then, and in German the case of their object.
VERBS: dict[str, dict[str, str]] = {row["role"]: row for row in table(packaged().ontology, "verbs.csv")}
# What a statement says of its subject, by its value (of a kind or a vagueness) or property, in the order on pages.
PHRASES: dict[Term, Text] = {
    expand(row["term"]): Text(de=row["de"], en=row["en"]) for row in table(packaged().ontology, "phrases.csv")
}
ORDER = {term: number for number, term in enumerate(PHRASES)}
DATES = {"start": DCAT.startDate, "end": DCAT.endDate}
RUN = {"de_now": "läuft", "de_then": "lief", "de_more": "", "de_particle": ""}
RUN |= {"en_now": "runs", "en_since": "has run", "en_then": "ran"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, links and marks in order, and the sources of what they say."""

    words: tuple[Link | Mark | str, ...]
    marks: tuple[Mark, ...]


def sentences(node: NamedNode) -> list[Sentence]:
    """One sentence for each role of a thing or in it; equal ones are merged.

    Sentences of documents come before those of other sources, also of the times of the projects that lie with a thing.
    """
    roles: dict[str, list[Row]] = {}
    for row in rows("roles", node.value):
        roles.setdefault(row["role"], []).append(row)
    marks: dict[tuple[Link | Mark | str, ...], tuple[Mark, ...]] = {}
    groups = ((NamedNode(role), group) for role, own in roles.items() for group in _groups(NamedNode(role), own))
    targets = dict.fromkeys(NamedNode(row["what"]) for own in roles.values() for row in own)
    projects = [one for one in targets if _is_of_document(views.evidence().marks(Triple(one, IQ.providedBy, node)))]
    times = chain.from_iterable(map(_project_sentences, projects))
    for sentence in (*_project_sentences(node), *(_role_sentence(role, group) for role, group in groups), *times):
        marks[sentence.words] = (*marks.get(sentence.words, ()), *sentence.marks)
    merged = [Sentence(words, weakest_marks(own)) for words, own in marks.items()]
    return sorted(merged, key=lambda sentence: not _is_of_document(sentence.marks))


def _is_of_document(marks: Iterable[Mark]) -> bool:
    return any(mark.passage for mark in marks)


def passage_sentences(graph: NamedNode, triples: Iterable[Triple]) -> Iterator[Sentence]:
    """What a passage states: roles as sentences, clauses on other things, with the passages to read them with."""
    dataset, evidence = site().dataset, views.evidence()
    read_with = say(de="zusammen gelesen mit", en="read together with")
    for subject, group in groupby(triples, lambda triple: triple.subject):
        own = [triple for triple in group if views.link(triple.object).text != views.link(subject).text]
        row = {key: node.value for key, name in ROLE.items() for node in dataset.nodes(subject, name, graph=graph)}
        if isinstance(subject, NamedNode) and row.keys() >= {"kind", "what"}:
            span = NamedNode(row.get("span", subject.value))
            row |= {key: day.value for key in DATES for day in dataset.literals(span, DATES[key], graph=graph)}
            claim = [triple for triple in own if triple.predicate in ROLE.values()]
            claimed = {passage for triple in claim for passage in evidence.contexts.get((triple, graph), ())}
            context: tuple[Mark | str, ...] = (",", read_with, *evidence.passage_marks(claimed)) if claimed else ()
            targets = dataset.nodes(subject, IQ.roleIn, graph=graph)
            sentence = _role_sentence(subject, [row | {"what": target.value} for target in targets])
            yield Sentence((*sentence.words[:-1], *context, "."), ())
            own = [triple for triple in own if triple.predicate not in (RDF.type, *ROLE.values())]
        parts: dict[tuple[NamedNode, ...], list[Triple]] = {}
        for triple in own:
            parts.setdefault(evidence.contexts.get((triple, graph), ()), []).append(triple)
        clauses: list[Link | Mark | str] = []
        for passages, part in sorted(parts.items(), key=lambda item: len(item[0])):
            if any(triple.predicate != RDF.type for triple in part):
                context = (read_with, *evidence.passage_marks(passages), "–") if passages else ()
                clauses += (";" if clauses else ",", *context, *_clauses(part))
        if clauses:
            yield Sentence((views.link(subject), *clauses, "."), ())


def _clauses(own: Iterable[Triple]) -> Iterator[Link | str]:
    """What triples say of their subject, in the order of the phrases; those that end with a colon have values."""
    clauses: dict[Term, list[Link]] = {}
    for triple in own:
        term = triple.object if triple.predicate in (RDF.type, IQ.vagueness) else triple.predicate
        clauses.setdefault(term, []).append(views.link(triple.object))
    for number, term in enumerate(sorted(clauses, key=lambda term: ORDER.get(term, 0))):
        words = localize(PHRASES[term]) if term in PHRASES else f"{views.link(term).text}:"
        yield from (";", words) if number else (words,)
        for value in clauses[term] if words.endswith(":") else ():
            yield from (value,) if value is clauses[term][0] else (",", value)


def _project_sentences(node: NamedNode) -> Iterator[Sentence]:
    """The times of a project itself, at the precision on which all sources agree; its roles may have other times."""
    dataset = site().dataset
    for span in dataset.nodes(node, IQ.during) if IQ.Project in dataset.nodes(node, RDF.type) else ():
        dates = {key: dataset.literals(span, name) for key, name in DATES.items()}
        row = {key: min((date.value for date in group), key=len) for key, group in dates.items() if group}
        if times := time_phrase(row):
            tense = THEN if site().model.is_past(row.get("end", "9")) else NOW if "end" in row else SINCE
            before, after = _verb_phrase(RUN, tense, times)
            marks = views.evidence().marks(Triple(node, IQ.during, span))
            yield Sentence((_subject(node.value), *before, *after, "."), marks)


def _verb_phrase(verb: dict[str, str], tense: str, times: str) -> tuple[list[str], list[str]]:
    """The words before and after the object of a verb."""
    if language() == "de":
        # The time follows the verb, and the particle of a separable verb such as "durchführen" ends the sentence.
        before, after = [verb["de_then" if tense == THEN else "de_now"], times, verb["de_more"]], verb["de_particle"]
    else:
        before, after = [verb[f"en_{tense}"]], times
    return list(filter(None, before)), [after] if after else []


def _groups(role: NamedNode, own: list[Row]) -> Iterable[list[Row]]:
    """The rows of a role, grouped by the times of its targets: no source of a time vouches for another target.

    If no source states both a target and its time, the time is that of all targets: only together do sources say so.
    """
    dated = [row for row in own if "span" in row and _common_sources(_claim(role, row, "what", "span"))]
    if not dated:
        return [own]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for target in dict.fromkeys(row["what"] for row in own):
        of_target = [row for row in own if row["what"] == target]
        with_time = [row for row in of_target if row in dated]
        without_time = [{key: row[key] for key in row if key not in TIME} for row in of_target]
        spans = tuple(sorted(row["span"] for row in with_time))
        groups.setdefault(spans, []).extend(with_time or without_time)
    return groups.values()


def _claim(role: NamedNode, row: Row, *keys: str) -> list[Triple]:
    """The statements of a row about a role."""
    return [Triple(role, PROPERTIES[key], NamedNode(row[key])) for key in keys if key in row]


def _common_sources(claim: Iterable[Triple]) -> set[str]:
    """The sources of every statement of a claim."""
    return set.intersection(*({mark.iri for mark in views.evidence().marks(triple)} for triple in claim))


def _marks(role: NamedNode, own: list[Row]) -> Iterator[Mark]:
    """The sources of everything that a sentence says about a target; if there are none, those of its statements."""
    for claim in (_claim(role, row, *PROPERTIES) for row in own):
        common = _common_sources(claim)
        yield from (mark for mark in views.evidence().marks(*claim) if not common or mark.iri in common)


def _role_sentence(role: NamedNode, own: list[Row]) -> Sentence:
    row = own[0]
    tense, times = _tense_and_times(role, own)
    verb = VERBS.get(row["kind"].removeprefix(CONCEPT.iri))
    before: Sequence[Link | str]
    if verb:
        before, after = _verb_phrase(verb, tense, times)
    else:
        before, after = ["–", views.link(NamedNode(row["kind"])), "–"], [",", times] if times else []
    words: list[Link | str] = [
        _subject(row["holder"]) if "holder" in row else say(de="Eine nicht genannte Stelle", en="An unnamed body"),
        *before,
        *_enumerate(dict.fromkeys(other["what"] for other in own), verb["case"] if verb else "nominative"),
    ]
    if "instrument" in row:
        words += [say(de="durch", en="through"), _name(row["instrument"], "accusative")]
    return Sentence((*words, *after, "."), weakest_marks(_marks(role, own)))


def _tense_and_times(role: NamedNode, own: list[Row]) -> tuple[str, str]:
    """The tense of a role, and its times in words.

    The tense is the past if an end is stated of the role, of its target, or of the same role elsewhere; without an end
    also in a project, or if all sources of its time (or of a role without one) are of earlier years: the last is named.
    """
    row, target = own[0], NamedNode(own[0]["what"])
    is_temporary = "start" in row and IQ.Project in site().dataset.nodes(target, RDF.type)
    # The end of the role itself is part of the times, so none has to be inferred.
    is_over = "end" not in row and (is_temporary or site().model.has_ended(role, target))
    spans: dict[str, Row] = {}  # of each, the most precise start and end
    for other in own:
        span = spans.setdefault(other.get("span", ""), dict(other))
        span |= {key: other[key] for key in ("start", "end") if len(other.get(key, "")) > len(span.get(key, ""))}
    times_of_role = [Triple(role, IQ.during, NamedNode(span)) for span in spans if span]
    years = _years_of_sources(*times_of_role or (Triple(role, IQ.roleIn, target),))
    phrases = (time_phrase(span, is_over=is_over or bool(years)) for span in spans.values())
    times = say(de=" und ", en=" and ").join(dict.fromkeys(filter(None, phrases)))
    if "end" in row:
        return THEN if site().model.is_past(row["end"]) else NOW, times
    if years and not (times and is_over):
        source = say(de=f"laut einer Quelle von {years[-1]}", en=f"according to a source of {years[-1]}")
        return THEN, say(de=f"{source} {times}", en=f"{times} {source}").strip()
    if times:
        return THEN if is_over else SINCE, times
    if CONCEPT["vague-time"] in site().dataset.nodes(role, IQ.vagueness):
        return THEN, say(de="zu einer nicht genannten Zeit", en="at a time that is not stated")
    return THEN if is_over else NOW, ""


def _years_of_sources(*triples: Triple) -> list[str]:
    """The years of the sources of statements, if all of them have one, and it is before that of the data."""
    dataset = site().dataset
    places = ((triple.subject, triple.predicate, triple.object) for triple in triples)
    quads = (quad for place in places for quad in dataset.store.quads_for_pattern(*place))
    graphs = [quad.graph_name for quad in quads if not isinstance(quad.graph_name, DefaultGraph)]
    graphs = [graph for graph in graphs if not is_derived(graph)]
    sources = [source for graph in graphs for source in dataset.nodes(graph, PROV.hadPrimarySource)]
    years = sorted(issued.value[:4] for source in sources for issued in dataset.literals(source, DCTERMS.issued))
    is_old = len(years) == len(graphs) and all(map(site().model.is_past, years))
    return years if is_old else []


def _enumerate(things: dict[str, None], case: str) -> Iterator[Link | str]:
    """The names of things in a case, with commas and a conjunction."""
    for number, iri in enumerate(things):
        if number:
            yield say(de="und", en="and") if number == len(things) - 1 else ","
        yield _name(iri, case)


def _subject(iri: str) -> Link:
    """A thing at the beginning of a sentence."""
    link = _name(iri, "nominative")
    return replace(link, text=capitalise(link.text, views.title(NamedNode(iri))))


def _name(iri: str, case: str) -> Link:
    """A thing by its name in a case."""
    link = views.link(NamedNode(iri))
    inflections = site().model.inflections.get(iri) or plain(link.text)
    return replace(link, text=say(de=inflections[case], en=inflections["english"]))
