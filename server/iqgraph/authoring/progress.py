"""How far a document is: for each passage what is written and what is not, and what to do next."""

from collections.abc import Sequence

from ..bilingual import Text
from ..dataset import Dataset
from ..terms import DCTERMS, RDF, SKOS, graph_iri
from .written import TODO, Written

FULL, EMPTY = "█", "░"
STEPS = (
    Text(de="schreiben, was TODO ist", en="write what is TODO"),
    Text(de="schreiben, was sie sagt", en="write what it says"),
    Text(de="Vorschläge übernehmen oder löschen", en="take up or delete what is proposed"),
    Text(de="eine Frage stellen, die sie beantwortet", en="ask a question that it answers"),
)
COUNTS = Text(de="Aussagen: {}, TODO: {}, Vorschläge: {}", en="statements: {}, TODO: {}, proposals: {}")
NEXT = Text(de="Weiter: {}", en="Next: {}")
LAST = "make format, make seal, iqgraph validate."


def progress(dataset: Dataset, written: Written, wrong: Sequence[str], language: str) -> list[str]:
    """A line with a bar for each passage, and what to do next: mend what is wrong, or else do what is lacking."""
    table, lines, steps = written.table(), list[str](), [*wrong]
    for passage in table.passages:
        node, graph = table.iri(passage), graph_iri(table.document, passage.name)
        texts = dataset.literals(node, SKOS.prefLabel, DCTERMS.description)
        said = sum(one.predicate not in (RDF.type, DCTERMS.title) for one in dataset.triples(graph))
        todo, proposed = sum(text.value == TODO for text in texts), len(written.proposals(passage.name))
        makes = passage.kind != "Caption"  # which makes no statement, so it has only the first step
        lacking = todo, makes and not said, makes and proposed, makes and not dataset.subjects(DCTERMS.references, node)
        bar = "".join(EMPTY if one else FULL for one in lacking)
        lines.append(f"{passage.name}  {bar}  {COUNTS.format(said, todo, proposed).say(language)}")
        steps += [f"{passage.name}: {step.say(language)}." for step, one in zip(STEPS, lacking, strict=True) if one]
    return [*lines, NEXT.say(language).format(*steps[:1] or [LAST])]
