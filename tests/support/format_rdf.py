"""Write the Turtle and TriG sources as the package writes RDF: sorted, one statement a line, prefixes as needed."""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.serialisation.turtle import trig, turtle
from iqgraph.terms import PREFIXES

FOLDERS = ("data", "ontology", "shapes", "tests")
FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
# Strings and IRIs may hold the sign that begins a comment (Turtle 1.1, section 6.2).
TOKEN = re.compile(r'"""(?:[^"\\]|\\.|""?(?!"))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|\\.|(?P<comment>#.*)', re.DOTALL)


class FormatError(Exception):
    """The file holds what its form has no place for."""


def formatted(text: str, suffix: str) -> str:
    """The file's text in the one form; its statements stay the same."""
    if any(match["comment"] for match in TOKEN.finditer(text)):
        raise FormatError("A comment would be lost. Say it in a statement, or in the commit.")
    quads = parse(text, format=FORMATS[suffix])
    found = list(quads)
    prefixes = {**PREFIXES, **quads.prefixes}
    if suffix == ".ttl":
        return turtle(map(_triple, found), prefixes)
    graphs: dict[NamedNode, list[Triple]] = {}
    for quad in found:
        if not isinstance(quad.graph_name, NamedNode):
            raise FormatError(f"A statement about {quad.subject} is in no named graph. Name the graph that makes it.")
        graphs.setdefault(quad.graph_name, []).append(_triple(quad))
    return trig(sorted(graphs.items(), key=lambda pair: pair[0].value), prefixes)


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The Turtle and TriG files at and below the paths."""
    for path in paths:
        found = path.rglob("*") if path.is_dir() else [path]
        yield from sorted(file for file in found if file.suffix in FORMATS)


def complaint(file: Path, *, check: bool) -> str:
    """Write the file anew, or only check it; what is wrong with it."""
    before = file.read_text(encoding="utf-8")
    try:
        after = formatted(before, file.suffix)
    except (FormatError, SyntaxError) as error:
        return str(error)
    if after != before and not check:
        file.write_text(after, encoding="utf-8")
    return "not in form" if after != before and check else ""


def main() -> int:
    """Write the files; with --check only say which ones are not in form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what would change")
    parser.add_argument("paths", nargs="*", type=Path, default=[Path(folder) for folder in FOLDERS])
    arguments = parser.parse_args()
    complaints = [(file, complaint(file, check=arguments.check)) for file in files_below(arguments.paths)]
    lines = [f"{file}: {text}\n" for file, text in complaints if text]
    sys.stderr.writelines(lines)
    return int(bool(lines))


def _triple(quad: Quad) -> Triple:
    return Triple(quad.subject, quad.predicate, quad.object)


if __name__ == "__main__":
    sys.exit(main())
