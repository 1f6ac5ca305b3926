"""The folder of a document as its author sees it: the lines of its files, and the suggestions in them."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from pyoxigraph import DefaultGraph

from ..bilingual import Text
from ..dataset import Term
from ..dataset.passages import Table, read_table
from ..errors import CallError
from ..resources import PASSAGES, File
from ..serialisation.turtle import compact
from ..terms import PREFIXES, document_prefixes
from ..validation.document import read_utf8
from ..writing import write

GRAPH_START = re.compile(r"^\s*(?:GRAPH\s+)?(\S+)\s*\{")
PASSAGE_START = re.compile(r"(?:GRAPH\s+)?[gp]:([\w-]+)")
BLOCK_END = re.compile(r"(?:[.{]|(?<!\|)\})\s*$")  # the end of a block of statements, or the start or end of a graph
POLL_SECONDS = 0.3
VISIBLE = "[!.]*"  # hidden files are editors' locks and copies
TODO = "TODO"  # stands for a text that is still to be written
SUGGESTION = re.compile(r"\s*# (?:(?P<term>\S+ a iq:TimeSpan ; .*|\S+(?: concept:\S+)?)(?: a .*)? \. # |new\? )")


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
        """Reduce an accepted suggestion to its term, of which the author makes a statement; delete a refused one.

        Of a new time its statements remain.
        """
        file = self.path / Path(line.file).name
        lines = file.read_text(encoding="utf-8").split("\n")
        name = line.suggestion if is_accepted else ""
        note = f"    {name} ." if name and " a " in name else f"    # {name}"
        lines[line.number - 1 : line.number] = [note] if name else []
        write({file: "\n".join(lines).encode()})


def _lines(name: str, file: Path) -> Iterator[Line]:
    graph = passage = ""
    for number, text in enumerate(read_utf8(file).split("\n"), 1):
        graph = start[1] if (start := GRAPH_START.match(text)) else graph
        passage = start[1] if (start := PASSAGE_START.match(text)) else passage
        yield Line(name, number, text, graph, passage)
        if text.rstrip().endswith("}") and not text.rstrip().endswith("|}"):
            graph = ""
