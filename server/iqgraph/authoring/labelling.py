"""The labels and descriptions that new things still lack, put where their author will write them."""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from ..dataset import Dataset, Term
from ..terms import DCTERMS, ID, SKOS, graph_iri
from ..writing import write
from .written import TODO, Written

TEXTS = tuple((predicate, language) for predicate in (SKOS.prefLabel, DCTERMS.description) for language in ("de", "en"))
NAMES = {SKOS.prefLabel: "skos:prefLabel", DCTERMS.description: "dcterms:description"}


def to_label(name: str, texts: Iterable[tuple[NamedNode, str]] = TEXTS) -> str:
    """The lines in which somebody will write what a thing is called."""
    lines = " ;\n    ".join(f'{NAMES[predicate]} "{TODO}"@{language}' for predicate, language in texts)
    return f"{name} {lines} .\n"


def label(dataset: Dataset, written: Written) -> dict[str, list[str]]:
    """Write below the graph of each passage what the things lack that it is the first to describe; these by passage."""
    found = {passage: blocks for passage, blocks in _blocks(dataset, written).items() if blocks}
    for file, lines in written.by_file().items():
        texts = []
        for line, following in zip(lines, [*(line.graph for line in lines[1:]), ""], strict=True):
            texts.append(line.text)
            if line.graph == f"g:{line.passage}" != following:
                texts += [f"\n{block.rstrip()}" for block in found.get(line.passage, {}).values()]
        write({written.path(file): "\n".join(texts).encode()})
    return {passage: list(blocks) for passage, blocks in found.items()}


def _blocks(dataset: Dataset, written: Written) -> dict[str, dict[str, str]]:
    """What is to be written below each passage: by the name of the thing the lines about it."""
    found: dict[str, dict[str, str]] = {}
    done: set[object] = set()
    for passage in written.table().passages:
        said = {triple.subject for triple in dataset.triples(graph_iri(written.name, passage.name))} - done
        done |= said
        lacking = {one: _lacking(dataset, one) for one in sorted(said, key=str) if one in ID}
        found[passage.name] = {
            written.short(thing): to_label(written.short(thing), texts) for thing, texts in lacking.items() if texts
        }
    return found


def _lacking(dataset: Dataset, thing: Term) -> list[tuple[NamedNode, str]]:
    return [one for one in TEXTS if all(text.language != one[1] for text in dataset.literals(thing, one[0]))]
