"""The folder of a document as its author sees it: lines of its files, open suggestions, and labels still to write."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from shlex import quote

from pyoxigraph import DefaultGraph, Literal, NamedNode

from ..bilingual import Text, date_text, text_of
from ..dataset import Dataset, Term
from ..dataset.passages import Table, read_table
from ..errors import CallError
from ..resources import PASSAGES, File
from ..serialisation.turtle import compact
from ..terms import DCAT, DCTERMS, ID, PREFIXES, RDF, RDFS, SKOS, document_prefixes, graph_iri
from ..validation.document import read_utf8
from ..writing import write

GRAPH_START = re.compile(r"^\s*(?:GRAPH\s+)?(\S+)\s*\{")
PASSAGE_START = re.compile(r"(?:GRAPH\s+)?[gp]:([\w-]+)")
BLOCK_END = re.compile(r"(?:[.{]|(?<!\|)\})\s*$")  # the end of a block of statements, or the start or end of a graph
POLL_SECONDS = 0.3
VISIBLE = "[!.]*"  # hidden files are editors' locks and copies
TODO = "TODO"  # stands for a text that is still to be written
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
SUGGESTION = re.compile(r"\s*# (?:(?P<term>\S+(?: concept:\S+)?)(?: a .*)? \. # |new\? )")


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 without a byte order mark and with LF alone, since positions count its characters.

    A CallError for any other file says how to convert it.
    """
    text = read_utf8(path)
    if text.startswith("\ufeff"):
        reason = Text(de="Am Anfang steht eine Marke (BOM).", en="it begins with a byte order mark.")
        raise conversion_error(path, reason, f"sed -i '1s/^\\xef\\xbb\\xbf//' {quote(str(path))}")
    if "\r" in text:
        reason = Text(de="Die Zeilen enden mit CR, wie unter Windows.", en="its lines end with CR, as on Windows.")
        raise conversion_error(path, reason, f"perl -pi -e 's/\\r\\n?/\\n/g' {quote(str(path))}")
    return text


def conversion_error(path: Path, reason: Text, command: str) -> CallError:
    """The error that a file has to be converted, with the reason and a command that does it."""
    return CallError(
        de=f"{path}: {reason.de} Wandeln Sie ihn um, etwa mit: {command}",
        en=f"{path}: {reason.en} Convert it, for instance with: {command}",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file with its graph and its passage, both as named in the file, or empty.

    The lines of a passage are its labels, its graph, and all up to the next passage.
    """

    file: str
    number: int
    text: str
    graph: str
    passage: str

    @property
    def place(self) -> str:
        """File and line as editors and compilers write them."""
        return f"{self.file}:{self.number}"

    @property
    def suggestion(self) -> str | None:
        """The suggested thing, or property and concept, as the file names it; "" for a new name, else None."""
        match = SUGGESTION.match(self.text)
        return match and (match["term"] or "")


def state(folder: Path) -> list[int]:
    """The modification times of the files in a folder; empty if one is renamed meanwhile."""
    try:
        return [file.stat().st_mtime_ns for file in sorted(folder.glob(VISIBLE))]
    except OSError:
        return []


def changes(folder: Path) -> Iterator[list[int]]:
    """The state of the files in a folder, now and after each change."""
    last = None
    while True:
        if (current := state(folder)) != last:
            last = current
            yield current
        time.sleep(POLL_SECONDS)


class DocumentFolder:
    """The folder of a document below the folder of the data, with the lines of its TriG files."""

    def __init__(self, data: Path, name: str) -> None:
        self.path, self.name = data / name, name
        if not (self.path / PASSAGES).is_file():
            documents = ", ".join(sorted(file.parent.name for file in data.glob(f"*/{PASSAGES}")))
            raise CallError(
                de=f"{name}: Ein solches Dokument gibt es nicht; es gibt {documents}.",
                en=f"{name}: there is no such document; there are {documents}.",
            )
        self.prefixes = PREFIXES | document_prefixes(name)
        files = sorted(self.path.glob(f"{VISIBLE}.trig"))
        self.lines = [line for file in files for line in _lines(f"data/{name}/{file.name}", file)]

    def table(self) -> Table:
        """The table of passages."""
        return read_table(File(f"data/{self.name}/{PASSAGES}", self.path / PASSAGES))

    def compact(self, term: Term | DefaultGraph) -> str:
        """A term as the files write it; the default graph is the empty name."""
        return "" if isinstance(term, DefaultGraph) else compact(term, self.prefixes)

    def find(self, subject: Term, predicate: Term | None, value: Term | None) -> Line | None:
        """The line of a statement or, failing that, of its property, of the start of its subject, or of a reference."""
        thing, name, text = (self.compact(term) if term else "" for term in (subject, predicate, value))
        name = "a" if name == "rdf:type" else name
        best: tuple[int, Line | None] = 0, None
        block_subject = ""
        for line in self.lines:
            words = [] if line.text.lstrip().startswith("#") else line.text.split()
            if words:
                block_subject = block_subject or words[0]
                has_property = block_subject == thing and name in words
                rank = 3 * has_property + (has_property and text in line.text)
                rank = rank or 2 * (words[0] == thing) or thing in words
                best = max(best, (rank, line), key=lambda pair: pair[0])
                block_subject = "" if BLOCK_END.search(line.text) else block_subject
        return best[1]

    def todo_lines(self) -> list[Line]:
        """The lines with a text that is still to be written."""
        return [line for line in self.lines if f'"{TODO}"' in line.text]

    def suggestions(self, passage: str) -> list[Line]:
        """The suggestions for a passage that are neither accepted nor deleted."""
        return [line for line in self.lines if line.graph == f"g:{passage}" and line.suggestion is not None]

    def resolve(self, line: Line, *, is_accepted: bool) -> None:
        """Reduce an accepted suggestion to its term, of which the author makes a statement; delete a refused one."""
        file = self.path / Path(line.file).name
        lines = file.read_text(encoding="utf-8").split("\n")
        name = line.suggestion if is_accepted else ""
        lines[line.number - 1 : line.number] = [f"    # {name}"] if name else []
        write({file: "\n".join(lines).encode()})


def _lines(name: str, file: Path) -> Iterator[Line]:
    graph = passage = ""
    for number, text in enumerate(read_utf8(file).split("\n"), 1):
        graph = start[1] if (start := GRAPH_START.match(text)) else graph
        passage = start[1] if (start := PASSAGE_START.match(text)) else passage
        yield Line(name, number, text, graph, passage)
        if text.rstrip().endswith("}") and not text.rstrip().endswith("|}"):
            graph = ""


def label_block(
    name: str, missing: Iterable[tuple[NamedNode, str]] = TEXTS, texts: Mapping[NamedNode, Text] = NO_TEXTS
) -> str:
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
