"""How far a document is: for each passage what is written and what is not, and what to do next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..bilingual import Text
from ..dataset import Dataset
from ..terms import DCTERMS, RDF, SKOS, graph_iri
from .checking import Complaint
from .written import TODO, Written

FULL, EMPTY = "█", "░"
STEPS = (
    Text(de="schreiben, was TODO ist", en="write what is TODO"),
    Text(de="schreiben, was sie sagt", en="write what it says"),
    Text(de="Vorschläge übernehmen oder löschen", en="take up or delete what is proposed"),
    Text(
        de="eine Frage stellen, die sie beantwortet, sobald iqgraph document check nichts mehr beanstandet",
        en="ask a question that it answers, once iqgraph document check finds nothing",
    ),
)
LAST = Text(
    de="Weiter: make format, make seal, iqgraph validate.", en="Next: make format, make seal, iqgraph validate."
)
MEND = Text(
    de="berichtigen, was iqgraph document check beanstandet; wo nur Namen fehlen, schreibt iqgraph document label TODO",
    en="mend what iqgraph document check finds; where only names are lacking, iqgraph document label writes TODO",
)
COUNTS = Text(de="Aussagen: {}, TODO: {}, Vorschläge: {}", en="statements: {}, TODO: {}, proposals: {}")
NEXT = Text(de="Weiter: {}: {}.", en="Next: {}: {}.")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there of a passage: statements, labels to write, proposals, and whether a question names it."""

    name: str
    is_caption: bool
    statements: int
    unwritten: int
    proposals: int
    is_asked: bool

    @property
    def steps(self) -> tuple[bool, ...]:
        """Which steps are done; a caption makes no statement, so it has only the first."""
        done = (not self.unwritten, self.statements > 0, not self.proposals, self.is_asked)
        return (done[0], *(self.is_caption or one for one in done[1:]))

    def line(self, language: str) -> str:
        """The passage as one line with a bar."""
        bar = "".join(FULL if done else EMPTY for done in self.steps)
        return f"{self.name}  {bar}  {COUNTS.say(language).format(self.statements, self.unwritten, self.proposals)}"


def progress(dataset: Dataset, written: Written) -> Iterator[Progress]:
    """How far each passage is."""
    table = written.table()
    for passage in table.passages:
        node, graph = table.iri(passage), graph_iri(table.document, passage.name)
        said = dataset.literals(node, SKOS.prefLabel, DCTERMS.description)
        yield Progress(
            passage.name,
            passage.kind == "Caption",
            len([one for one in dataset.triples(graph) if one.predicate not in (RDF.type, DCTERMS.title)]),
            sum(text.value == TODO for text in said),
            len(written.proposals(passage.name)),
            bool(dataset.subjects(DCTERMS.references, node)),
        )


def say(found: Sequence[Progress], written: Written, language: str, wrong: Sequence[Complaint] = ()) -> list[str]:
    """The passages with their bars, and the next step: the first label to write, what is wrong, or what is lacking."""
    steps = [(line.place, STEPS[0]) for line in written.unwritten()]
    steps += [(one.passage or one.place or written.name, MEND) for one in wrong]
    steps += [(one.name, step) for one in found for step, done in zip(STEPS, one.steps, strict=True) if not done]
    following = [NEXT.format(place, step).say(language) for place, step in steps[:1]]
    return [*(one.line(language) for one in found), *(following or [LAST.say(language)])]
