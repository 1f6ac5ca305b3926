"""What new things of a document lack: labels and descriptions, and the blocks of new concepts in the ontology."""

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text, date_text, text_of
from ..dataset import UNION, Dataset, Term
from ..serialisation.turtle import compact
from ..terms import CONCEPT, DCAT, DCTERMS, ID, RDF, RDFS, SKOS, VOCABULARY, graph_iri
from ..writing import write
from .folder import TODO, DocumentFolder

LABELS, DESCRIPTIONS = (
    tuple((predicate, language) for language in ("de", "en")) for predicate in (SKOS.prefLabel, DCTERMS.description)
)
TEXTS = LABELS + DESCRIPTIONS
NO_TEXTS: Mapping[NamedNode, Text] = {}
CLASS = Text(de="{} nach „{}“.", en="According to “{1}”: {0}.")
TIME = Text(de="Zeitangabe: {}.", en="Time: {}.")
TIMES = {
    (True, True): Text(de="{} bis {}", en="{} to {}"),
    (True, False): Text(de="seit {}", en="since {}"),
    (False, True): Text(de="bis {}", en="until {}"),
}
CONCEPT_BLOCK = """
{0} a skos:Concept ;
    skos:prefLabel "{3}"@de , "{3}"@en ;
    rdfs:isDefinedBy {2} ;
    skos:definition "{3}"@de , "{3}"@en ;
    skos:inScheme {1} ;
    skos:topConceptOf {1} .

{1} skos:hasTopConcept {0} .
"""
MAX_SIMILAR, MIN_SIMILARITY = 3, 0.8


def label_block(name: str, missing: Iterable[tuple[NamedNode, str]], texts: Mapping[NamedNode, Text] = NO_TEXTS) -> str:
    """A block with the missing labels and descriptions of a thing: the texts that are known, else TODO."""
    values = ((p, language, texts[p].say(language) if p in texts else TODO) for p, language in missing)
    lines = " ;\n    ".join(f"{compact(p)} {Literal(text, language=language)}" for p, language, text in values)
    return f"{name} {lines} .\n"


def write_labels(dataset: Dataset, folder: DocumentFolder) -> dict[str, list[str]]:
    """Write the missing labels of things below the passages that mention them first; returns the things by passage."""
    missing = missing_labels(dataset, folder)
    for file, lines in groupby(folder.lines, key=lambda line: line.file):
        texts = []
        for (graph, passage), group in groupby(lines, key=lambda line: (line.graph, line.passage)):
            texts += [line.text for line in group]
            texts += [f"\n{block.rstrip()}" for block in missing.get(passage, {}).values() if graph == f"g:{passage}"]
        write({folder.path / Path(file).name: "\n".join(texts).encode()})
    return {passage: list(blocks) for passage, blocks in missing.items()}


def missing_labels(dataset: Dataset, folder: DocumentFolder) -> dict[str, dict[str, str]]:
    """The blocks to write for things without labels or descriptions, by the first passage that describes them."""
    missing: dict[str, dict[str, str]] = {}
    earlier: set[object] = set()
    for passage in folder.table().passages:
        subjects = {triple.subject for triple in dataset.triples(graph_iri(folder.name, passage.name))} - earlier
        earlier |= subjects
        for thing in sorted(subjects, key=str):
            texts = [(p, tag) for p, tag in TEXTS if all(text.language != tag for text in dataset.literals(thing, p))]
            if thing in ID and texts:
                block = label_block(folder.compact(thing), texts, _derived_texts(dataset, folder, thing))
                missing.setdefault(passage.name, {})[folder.compact(thing)] = block
    return missing


def _derived_texts(dataset: Dataset, folder: DocumentFolder, thing: Term) -> Mapping[NamedNode, Text]:
    """Texts that need no author: label and description of a time by its one start, end or both, else the class."""
    start, end = (dataset.literals(thing, predicate) for predicate in (DCAT.startDate, DCAT.endDate))
    if max(len(start), len(end)) != 1:
        labels = (text_of(dataset.literals(class_, RDFS.label)) for class_ in dataset.nodes(thing, RDF.type))
        class_label = next(filter(None, labels), None)
        title = dataset.literals(ID[folder.name], DCTERMS.title)
        text = CLASS.format(class_label, title[0].value) if class_label and title else None
        return {DCTERMS.description: Text(de=f"{text.de[0].upper()}{text.de[1:]}", en=text.en)} if text else NO_TEXTS
    article = "" if start and end else "dem" if start else "zum"
    dates = [date_text(date.value, article) for date in [*start, *end]]
    label = dates[0] if start == end else TIMES[bool(start), bool(end)].format(*dates)
    return {SKOS.prefLabel: label, DCTERMS.description: TIME.format(label)}


def similar_names(term: NamedNode, names: Iterable[str]) -> list[str]:
    """The most similar of these names of things, if the term itself is none of them."""
    name, others = compact(term), set(names)
    return [] if name in others else get_close_matches(name, others, MAX_SIMILAR, MIN_SIMILARITY)


def scheme_of(dataset: Dataset, predicate: NamedNode) -> NamedNode | None:
    """The concept scheme of most values of a property."""
    values = (quad.object for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION))
    schemes = Counter(scheme for value in values for scheme in dataset.nodes(value, SKOS.inScheme))
    return next((scheme for scheme, _ in schemes.most_common(1)), None)


def write_concepts(dataset: Dataset, folder: DocumentFolder) -> dict[str, list[str]]:
    """Append a block for each new concept to the file of the scheme of its property; returns the concepts by file.

    New is a concept that only the document mentions, unless it may be a misspelt one.
    """
    names, concepts = [compact(concept) for concept in dataset.instances(SKOS.Concept)], dict[str, list[str]]()
    for passage in folder.table().passages:
        for _, predicate, concept in dataset.triples(graph_iri(folder.name, passage.name)):
            if not isinstance(concept, NamedNode) or concept not in CONCEPT or compact(concept) in names:
                continue
            if not similar_names(concept, names) and (scheme := scheme_of(dataset, predicate)):
                name = str(dataset.place(scheme))
                with folder.path.parents[1].joinpath(name).open("a", encoding="utf-8") as file:
                    file.write(CONCEPT_BLOCK.format(compact(concept), compact(scheme), VOCABULARY, TODO))
                concepts.setdefault(name, []).append(compact(concept))
                names.append(compact(concept))
    return concepts
