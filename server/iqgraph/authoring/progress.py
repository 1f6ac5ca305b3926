"""The progress of a document: for each passage what is done and what is missing, and the next step."""

from collections.abc import Sequence

from ..bilingual import Text
from ..dataset import Dataset
from ..terms import DCTERMS, RDF, SKOS, graph_iri
from .folder import TODO, DocumentFolder

FULL, EMPTY = "█", "░"
STEPS = (
    Text(de="schreiben, was TODO ist", en="write what is TODO"),
    Text(de="schreiben, was sie sagt", en="write what it says"),
    Text(de="Vorschläge übernehmen oder löschen", en="accept or delete the suggestions"),
    Text(de="eine Frage stellen, die sie beantwortet", en="ask a question that it answers"),
)
COUNTS = Text(de="Aussagen: {}, TODO: {}, Vorschläge: {}", en="statements: {}, TODO: {}, suggestions: {}")
NEXT = Text(de="Weiter: {}", en="Next: {}")
LAST = "make format, make seal, iqgraph validate."


def progress(dataset: Dataset, folder: DocumentFolder, complaints: Sequence[str], language: str) -> list[str]:
    """A line with a bar for each passage, and the next step: the first complaint, else the first missing step."""
    table, lines, next_steps = folder.table(), list[str](), [*complaints]
    for passage in table.passages:
        node, graph = table.iri(passage), graph_iri(table.document, passage.name)
        texts = dataset.literals(node, SKOS.prefLabel, DCTERMS.description)
        todos, suggestions = sum(text.value == TODO for text in texts), len(folder.suggestions(passage.name))
        statements = sum(triple.predicate not in (RDF.type, DCTERMS.title) for triple in dataset.triples(graph))
        has_question = dataset.subjects(DCTERMS.references, node)
        missing = [todos, not statements, suggestions, not has_question]
        if passage.kind == "Caption":  # it makes no statement
            missing[1:] = [False] * 3
        bar = "".join(EMPTY if one else FULL for one in missing)
        lines.append(f"{passage.name}  {bar}  {COUNTS.format(statements, todos, suggestions).say(language)}")
        steps = (step for step, one in zip(STEPS, missing, strict=True) if one)
        next_steps += [f"{passage.name}: {step.say(language)}." for step in steps]
    return [*lines, NEXT.say(language).format(*next_steps[:1] or [LAST])]
