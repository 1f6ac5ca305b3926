"""Format Turtle and TriG: one statement a line, prefixes sorted, and only those that are used.

turtlefmt decides the form, but it reads Turtle only and keeps lists of objects on one line. Therefore lists
become repeated predicates, and each graph of a TriG file is formatted as a Turtle document and then indented.
"""

import argparse
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

FOLDERS = ("ontology", "data", "shapes", "tests")
FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
INDENT = "    "

TOKEN = re.compile(
    r"""
    (?P<iri> <[^<>"{}|^`\\\s]*> )
  | (?P<string> \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
              | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
  | (?P<comment> \#[^\n]* )
  | (?P<space> \s+ )
  | (?P<word> (?: [^\s<>"'{}\[\]();,\#\\^.] | \\. | \.(?![\s{}\[\]();,\#]|$) )+ )
  | (?P<mark> \^\^ | [{}\[\]();,.] )
    """,
    re.VERBOSE | re.DOTALL,
)
PREFIX = re.compile(r"((?!_:)[^:<]*):")


class FormatError(ValueError):
    """The file cannot be formatted; the message says why and where."""


class Token(NamedTuple):
    """A lexical unit and the line it starts on."""

    kind: str
    text: str
    line: int


class Block(NamedTuple):
    """The statements of one graph; those of a Turtle file belong to a graph without a name."""

    name: str
    comment: str
    tokens: list[Token]


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of Turtle or TriG without white space."""
    place, line = 0, 1
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise FormatError(f"line {line}: cannot read {text[place : place + 20]!r}")
        if match.lastgroup == "comment" and text[:place].rpartition("\n")[2].strip():
            raise FormatError(f"line {line}: a comment must have a line of its own")
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match[0].rstrip(), line)
        line += match[0].count("\n")
        place = match.end()


def take_prefixes(tokens: Iterable[Token]) -> tuple[dict[str, str], list[Token]]:
    """Separate the declared prefixes from all other tokens."""
    prefixes: dict[str, str] = {}
    rest: list[Token] = []
    stream = iter(tokens)
    for token in stream:
        if token.text.lower() not in ("@prefix", "prefix"):
            rest.append(token)
            continue
        prefix, namespace = next(stream).text.removesuffix(":"), next(stream).text
        if prefixes.setdefault(prefix, namespace) != namespace:
            raise FormatError(f"line {token.line}: the prefix {prefix}: has two namespaces")
        if token.text == "@prefix":
            next(stream)
    return prefixes, rest


def split_graphs(tokens: Iterable[Token]) -> Iterator[Block]:
    """Yield the graphs of a TriG file, each with the comment before it."""
    stream = iter(tokens)
    comment = ""
    for token in stream:
        if token.kind == "comment":
            comment += token.text + "\n"
        elif token.text.lower() != "graph":
            if token.text == "{" or next(stream).text != "{":
                raise FormatError(f"line {token.line}: a statement outside of a named graph")
            yield Block(token.text, comment, list(takewhile(lambda held: held.text != "}", stream)))
            comment = ""
    if comment:
        raise FormatError("a comment after the last graph")


def as_turtle(tokens: Iterable[Token]) -> str:
    """Join the tokens so that every object outside of brackets has its predicate before it."""
    parts: list[str] = []
    predicate, role, depth = "", "subject", 0
    for token in tokens:
        text = token.text
        if token.kind == "comment" and role != "subject":
            raise FormatError(f"line {token.line}: a comment inside of a statement")
        depth -= text in ("]", ")")
        if token.kind == "comment":
            text = f"\n{text}\n"
        elif depth == 0 and text == ",":
            text = f"; {predicate}"
        elif depth == 0 and text in (";", "."):
            role = "predicate" if text == ";" else "subject"
        elif depth == 0 and role == "subject":
            role = "predicate"
        elif depth == 0 and role == "predicate":
            predicate, role = text, "object"
        depth += token.text in ("[", "(")
        parts.append(text)
    if role != "subject":
        parts.append(".")
    return " ".join(parts).strip()


def declarations(blocks: Iterable[Block], prefixes: dict[str, str]) -> str:
    """Return the sorted declarations of the prefixes that the blocks use."""
    words = {token.text for block in blocks for token in block.tokens if token.kind == "word"}
    words |= {block.name for block in blocks}
    used = {match[1] for match in map(PREFIX.match, words) if match}
    return "".join(f"@prefix {prefix}: {prefixes[prefix]} .\n" for prefix in sorted(used))


def turtlefmt(texts: list[str]) -> list[str]:
    """Format Turtle documents in one call of turtlefmt."""
    command = shutil.which("turtlefmt", path=sysconfig.get_path("scripts")) or "turtlefmt"
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.ttl") for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        run = subprocess.run([command, folder], capture_output=True, text=True, check=False)
        if run.returncode:
            raise FormatError(run.stderr.strip())
        return [file.read_text(encoding="utf-8") for file in files]


def content(text: str, suffix: str) -> Dataset:
    """Return the statements of a file in a form that can be compared."""
    dataset = Dataset(parse(text, format=FORMATS[suffix]))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def formatted(text: str, suffix: str) -> str:
    """Return the file's text in the one form; its statements stay the same."""
    before = content(text, suffix)
    prefixes, tokens = take_prefixes(tokenize(text))
    blocks = list(split_graphs(tokens)) if suffix == ".trig" else [Block("", "", tokens)]
    header = declarations(blocks, prefixes)
    bodies = turtlefmt([f"{header}\n{as_turtle(block.tokens)}\n" for block in blocks])
    if suffix == ".ttl":
        (after,) = bodies
    else:
        bodies = [body.removeprefix(header).strip() for body in bodies]
        graphs = [
            f"{block.comment}{block.name} {{\n{indent(body, INDENT)}\n}}\n"
            for block, body in zip(blocks, bodies, strict=True)
        ]
        after = "\n".join([header, *graphs]).lstrip()
    if content(after, suffix) != before:
        raise FormatError("formatting would change a statement; is there a literal of several lines?")
    return after


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the Turtle and TriG files at and below the paths."""
    for path in paths:
        found = path.rglob("*") if path.is_dir() else [path]
        yield from sorted(file for file in found if file.suffix in FORMATS)


def complaint(file: Path, *, check: bool) -> str:
    """Format the file, or only check it, and return what is wrong with it."""
    before = file.read_text(encoding="utf-8")
    try:
        after = formatted(before, file.suffix)
    except (FormatError, SyntaxError) as error:
        return str(error)
    if after != before and not check:
        file.write_text(after, encoding="utf-8")
    return "not in form" if after != before and check else ""


def main() -> int:
    """Format the files; with --check only say which ones are not in form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what would change")
    parser.add_argument("paths", nargs="*", type=Path, default=[Path(folder) for folder in FOLDERS])
    arguments = parser.parse_args()
    complaints = [(file, complaint(file, check=arguments.check)) for file in files_below(arguments.paths)]
    lines = [f"{file}: {text}\n" for file, text in complaints if text]
    sys.stderr.writelines(lines)
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
