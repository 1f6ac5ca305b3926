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
    """What is there of a passage: statements, labels to write and proposals, and which of the steps are done."""

    name: str
    statements: int
    unwritten: int
    proposals: int
    steps: tuple[bool, ...]

    def line(self, language: str) -> str:
        """The passage as one line with a bar."""
        bar = "".join(FULL if done else EMPTY for done in self.steps)
        return f"{self.name}  {bar}  {COUNTS.say(language).format(self.statements, self.unwritten, self.proposals)}"


def progress(dataset: Dataset, written: Written) -> Iterator[Progress]:
    """How far each passage is."""
    table = written.table()
    for passage in table.passages:
        node, graph = table.iri(passage), graph_iri(table.document, passage.name)
        texts = dataset.literals(node, SKOS.prefLabel, DCTERMS.description)
        said = sum(one.predicate not in (RDF.type, DCTERMS.title) for one in dataset.triples(graph))
        todo, proposed = sum(text.value == TODO for text in texts), len(written.proposals(passage.name))
        done = (said > 0, not proposed, bool(dataset.subjects(DCTERMS.references, node)))
        # A caption makes no statement, so it has only the first step.
        steps = (not todo, *(passage.kind == "Caption" or one for one in done))
        yield Progress(passage.name, said, todo, proposed, steps)


def say(found: Sequence[Progress], written: Written, language: str, wrong: Sequence[Complaint] = ()) -> list[str]:
    """The passages with their bars, and the next step: the first label to write, what is wrong, or what is lacking."""
    steps = [(line.place, STEPS[0]) for line in written.unwritten()]
    steps += [(one.passage or one.place or written.name, MEND) for one in wrong]
    steps += [(one.name, step) for one in found for step, done in zip(STEPS, one.steps, strict=True) if not done]
    following = [NEXT.format(place, step).say(language) for place, step in steps[:1]]
    return [*(one.line(language) for one in found), *(following or [LAST.say(language)])]
