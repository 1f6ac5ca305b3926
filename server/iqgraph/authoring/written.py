"""The files of a document as their author sees them: its text, where a statement stands, and what is still proposed."""

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
from ..terms import BASE, DCAT, DCTERMS, GRAPH, ID, PREFIXES, RDF, RDFS, SKOS, graph_iri
from ..validation.document import conversion_error, read_utf8
from ..writing import write

HEAD = re.compile(r"^\s*(?:GRAPH\s+)?(\S+)\s*\{")
BEGINS = re.compile(r"(?:GRAPH\s+)?[gp]:([\w-]+)")
ENDED = re.compile(r"(?:[.{]|(?<!\|)\})\s*$")  # a block of statements, and where a graph begins and ends
PAUSE_SECONDS = 0.3
SEEN = "[!.]*"  # hidden files are locks and copies of editors
TODO = "TODO"  # the text that stands for one that is still to be written
LABELS, DESCRIPTIONS = (
    tuple((predicate, language) for language in ("de", "en")) for predicate in (SKOS.prefLabel, DCTERMS.description)
)
TEXTS = LABELS + DESCRIPTIONS
NOTHING: Mapping[NamedNode, Text] = {}
CLASS = Text(de="{} nach „{}“.", en="According to “{1}”: {0}.")
TIME = Text(de="Zeitangabe: {}.", en="Time: {}.")
TIMES = {
    (True, True): Text(de="{} bis {}", en="{} to {}"),
    (True, False): Text(de="seit {}", en="since {}"),
    (False, True): Text(de="bis {}", en="until {}"),
}
PROPOSED = re.compile(r"\s*# (?:(?P<known>\S+(?: concept:\S+)?)(?: a .*)? \. # |new\? )")


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 with line feeds alone, since positions count its characters.

    A CallError says what else it is, and how to change that.
    """
    text = read_utf8(path)
    if text.startswith("\ufeff"):
        reason = Text(de="Am Anfang steht eine Marke (BOM).", en="it begins with a byte order mark.")
        raise conversion_error(path, reason, f"sed -i '1s/^\\xef\\xbb\\xbf//' {quote(str(path))}")
    if "\r" in text:
        reason = Text(de="Die Zeilen enden mit CR, wie unter Windows.", en="its lines end with CR, as on Windows.")
        raise conversion_error(path, reason, f"perl -pi -e 's/\\r\\n?/\\n/g' {quote(str(path))}")
    return text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, and the graph that it stands in, as the file calls it; none is the empty name.

    The lines of a `passage` are its labels, its graph, and what stands below that; those before the first have none.
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
    def proposal(self) -> str | None:
        """The thing that it proposes, or property and concept, as the file calls them; "" if that is a new name."""
        found = PROPOSED.match(self.text)
        return found and (found["known"] or "")


def state(folder: Path) -> list[int]:
    """By what a change of the files in a folder is known; one that is renamed meanwhile is nowhere."""
    try:
        return [file.stat().st_mtime_ns for file in sorted(folder.glob(SEEN))]
    except OSError:
        return []


def changes(folder: Path) -> Iterator[list[int]]:
    """The state of the files in a folder, now and whenever it is another."""
    known = None
    while True:
        if (now := state(folder)) != known:
            known = now
            yield now
        time.sleep(PAUSE_SECONDS)


class Written:
    """The folder of a document below the folder of the data."""

    def __init__(self, data: Path, name: str) -> None:
        self.folder, self.name = data / name, name
        if not (self.folder / PASSAGES).is_file():
            known = ", ".join(sorted(file.parent.name for file in data.glob(f"*/{PASSAGES}")))
            raise CallError(
                de=f"{name}: Ein solches Dokument gibt es nicht; es gibt {known}.",
                en=f"{name}: there is no such document; there are {known}.",
            )
        self.prefixes = PREFIXES | {"g": f"{GRAPH.iri}{name}/", "p": f"{BASE}passage/{name}/"}
        self.lines = [line for file in self.files() for line in _lines(f"data/{name}/{file.name}", file)]

    def files(self) -> list[Path]:
        """The files that an author writes."""
        return sorted(self.folder.glob(f"{SEEN}.trig"))

    def path(self, file: str) -> Path:
        """Where a file of this name lies."""
        return self.folder.parent.parent / file

    def table(self) -> Table:
        """The passages."""
        return read_table(File(f"data/{self.name}/{PASSAGES}", self.folder / PASSAGES))

    def short(self, term: Term | DefaultGraph) -> str:
        """A term as the files write it; the default graph is the empty name."""
        return "" if isinstance(term, DefaultGraph) else compact(term, self.prefixes)

    def find(self, subject: Term, predicate: Term | None, value: Term | None) -> Line | None:
        """The line that makes a statement, or else one on its property, where its subject begins, or is linked."""
        thing, name, text = (self.short(one) if one else "" for one in (subject, predicate, value))
        name = "a" if name == "rdf:type" else name
        found: tuple[int, Line | None] = 0, None
        begin = ""
        for line in self.lines:
            words = [] if line.text.lstrip().startswith("#") else line.text.split()
            if words:
                begin = begin or words[0]
                is_on = begin == thing and name in words
                rank = 3 * is_on + (is_on and text in line.text) or 2 * (words[0] == thing) or thing in words
                found = max(found, (rank, line), key=lambda one: one[0])
                begin = "" if ENDED.search(line.text) else begin
        return found[1]

    def unwritten(self) -> list[Line]:
        """Where a text is still to be written."""
        return [line for line in self.lines if f'"{TODO}"' in line.text]

    def proposals(self, passage: str) -> list[Line]:
        """What is proposed for a passage, and neither taken up nor deleted."""
        return [line for line in self.lines if line.graph == f"g:{passage}" and line.proposal is not None]

    def settle(self, line: Line, *, is_accepted: bool) -> None:
        """Leave of a proposal the name of what is known, for a statement that is to be written, or nothing."""
        file = self.path(line.file)
        lines = file.read_text(encoding="utf-8").split("\n")
        name = line.proposal if is_accepted else ""
        lines[line.number - 1 : line.number] = [f"    # {name}"] if name else []
        write({file: "\n".join(lines).encode()})


def _lines(name: str, file: Path) -> Iterator[Line]:
    graph = passage = ""
    for number, text in enumerate(read_utf8(file).split("\n"), 1):
        graph = head[1] if (head := HEAD.match(text)) else graph
        passage = begin[1] if (begin := BEGINS.match(text)) else passage
        yield Line(name, number, text, graph, passage)
        if text.rstrip().endswith("}") and not text.rstrip().endswith("|}"):
            graph = ""


def to_label(
    name: str, lacking: Iterable[tuple[NamedNode, str]] = TEXTS, known: Mapping[NamedNode, Text] = NOTHING
) -> str:
    """The lines in which somebody will write what a thing is called, with what is known of it."""
    texts = ((one, language, known[one].say(language) if one in known else TODO) for one, language in lacking)
    lines = " ;\n    ".join(f"{compact(one)} {Literal(text, language=language)}" for one, language, text in texts)
    return f"{name} {lines} .\n"


def label(dataset: Dataset, written: Written) -> dict[str, list[str]]:
    """Write below the graph of each passage what the things lack that it is the first to describe; these by passage."""
    found = unlabelled(dataset, written)
    for file, lines in groupby(written.lines, key=lambda line: line.file):
        texts = []
        for (graph, passage), held in groupby(lines, key=lambda line: (line.graph, line.passage)):
            texts += [line.text for line in held]
            texts += [f"\n{block.rstrip()}" for block in found.get(passage, {}).values() if graph == f"g:{passage}"]
        write({written.path(file): "\n".join(texts).encode()})
    return {passage: list(blocks) for passage, blocks in found.items()}


def unlabelled(dataset: Dataset, written: Written) -> dict[str, dict[str, str]]:
    """What things lack that a passage is the first to describe: by passage and thing the lines to write below it."""
    found: dict[str, dict[str, str]] = {}
    done: set[object] = set()
    for passage in written.table().passages:
        said = {triple.subject for triple in dataset.triples(graph_iri(written.name, passage.name))} - done
        done |= said
        for thing in sorted(said, key=str):
            lacking = [one for one in TEXTS if all(t.language != one[1] for t in dataset.literals(thing, one[0]))]
            if thing in ID and lacking:
                name = written.short(thing)
                found.setdefault(passage.name, {})[name] = to_label(name, lacking, _known(dataset, written, thing))
    return found


def _known(dataset: Dataset, written: Written, thing: Term) -> Mapping[NamedNode, Text]:
    """What need not be asked: what a time is called that has one beginning, one end or both; else the class."""
    start, end = (dataset.literals(thing, one) for one in (DCAT.startDate, DCAT.endDate))
    if max(len(start), len(end)) != 1:
        names = (text_of(dataset.literals(kind, RDFS.label)) for kind in dataset.nodes(thing, RDF.type))
        kind = next(filter(None, names), None)
        title = dataset.literals(ID[written.name], DCTERMS.title)
        text = CLASS.format(kind, title[0].value) if kind and title else None
        return {DCTERMS.description: Text(de=f"{text.de[0].upper()}{text.de[1:]}", en=text.en)} if text else NOTHING
    article = "" if start and end else "dem" if start else "zum"
    dates = [date_text(one.value, article) for one in [*start, *end]]
    label = dates[0] if start == end else TIMES[bool(start), bool(end)].format(*dates)
    return {SKOS.prefLabel: label, DCTERMS.description: TIME.format(label)}
