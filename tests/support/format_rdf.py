"""Write the Turtle and TriG sources as the package writes RDF: sorted, one statement a line, prefixes as needed."""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.resources import PASSAGES
from iqgraph.serialisation.turtle import INDENT, GraphWriter, TermWriter, nesting, trig, turtle
from iqgraph.terms import PREFIXES, RDF, Term

FOLDERS = ("data", "ontology", "shapes", "tests")
FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
# Strings and IRIs may hold the sign that begins a comment (Turtle 1.1, section 6.2).
TOKEN = re.compile(r'"""(?:[^"\\]|\\.|""?(?!"))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|\\.|(?P<comment>#.*)', re.DOTALL)


class FormatError(Exception):
    """The file has content that the format would lose."""


@dataclass(frozen=True)
class NotationWriter(GraphWriter):
    """Writes annotations in the line of their statement, with the local name of its reifier."""

    annotations: Mapping[Triple, Iterable[Triple]] = field(default_factory=dict)

    def _statement(self, triple: Triple) -> str:
        notes_by_node: dict[Term, list[str]] = defaultdict(list)
        for one in self.annotations.get(triple, ()):
            notes_by_node[one.subject].append(super()._statement(one))
        notes = (f"{self._reifier(node)} {{| {' ; '.join(sorted(one))} |}}" for node, one in notes_by_node.items())
        return super()._statement(triple) + "".join(notes)

    def _reifier(self, node: Term) -> str:
        if not isinstance(node, NamedNode):
            return ""
        graph, _, part = node.value.partition("#")
        return f" ~ {self.terms.iri(graph)}\\#{part}"


def formatted(text: str, suffix: str, *, is_notation: bool = False) -> str:
    """The text of a file in canonical form, with the same statements."""
    if comment := next((match for match in TOKEN.finditer(text) if match["comment"]), None):
        line = text.count("\n", 0, comment.start()) + 1
        raise FormatError(f"Line {line}: a comment would be lost. Say it in a statement, or in the commit.")
    quads = parse(text, format=FORMATS[suffix])
    statements = list(quads)
    prefixes = {**PREFIXES, **quads.prefixes}
    if suffix == ".ttl":
        return turtle(map(_triple, statements), prefixes)
    graphs: dict[NamedNode, list[Triple]] = {}
    editorial: list[Triple] = []
    for quad in statements:
        if isinstance(quad.graph_name, NamedNode):
            graphs.setdefault(quad.graph_name, []).append(_triple(quad))
        elif is_notation:
            editorial.append(_triple(quad))
        else:
            raise FormatError(f"A statement about {quad.subject} is in no named graph. Name the graph that makes it.")
    by_name = dict(sorted(graphs.items(), key=lambda pair: pair[0].value))
    return notation(by_name, editorial, prefixes) if is_notation else trig(by_name.items(), prefixes)


def notation(graphs: Mapping[NamedNode, list[Triple]], editorial: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Each graph between the labels of its passage and those of the things that it mentions first."""
    writer = GraphWriter(TermWriter(prefixes))
    first: dict[Term, NamedNode] = {}
    for graph, triples in graphs.items():
        first |= {term: graph for triple in triples for term in (triple.subject, triple.object) if term not in first}
    first |= {_passage(graph): graph for graph in graphs}
    names: dict[NamedNode | None, list[Triple]] = defaultdict(list)
    for triple in editorial:
        names[first.get(triple.subject)].append(triple)
    blocks = [writer.blocks(names[None])]
    for graph, triples in graphs.items():
        blocks += [
            writer.blocks(triple for triple in names[graph] if triple.subject == _passage(graph)),
            f"{writer.terms.term(graph)} {{\n{indent(_body(writer.terms, triples), INDENT)}}}\n",
            writer.blocks(triple for triple in names[graph] if triple.subject != _passage(graph)),
        ]
    return "\n".join(block for block in (writer.terms.declarations(), *blocks) if block)


def rewritten(file: Path) -> str:
    """The text of a file in canonical form."""
    return formatted(file.read_text(encoding="utf-8"), file.suffix, is_notation=is_notation(file))


def is_notation(file: Path) -> bool:
    """Whether the file has the statements of a document, in the authors' notation."""
    return file.suffix == ".trig" and file.with_name(PASSAGES).exists()


def _passage(graph: NamedNode) -> NamedNode:
    return NamedNode(graph.value.replace("/graph/", "/passage/"))


def _body(terms: TermWriter, triples: list[Triple]) -> str:
    """The statements of a graph with their annotations."""
    triple_terms = {triple.subject: triple.object for triple in triples if triple.predicate == RDF.reifies}
    annotations: dict[Triple, list[Triple]] = defaultdict(list)
    for triple in triples:
        statement = triple_terms.get(triple.subject)
        if isinstance(statement, Triple) and triple.predicate != RDF.reifies:
            annotations[statement].append(triple)
    plain = [triple for triple in triples if triple.subject not in triple_terms]
    return NotationWriter(terms, nesting(plain), annotations).blocks(plain)


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The Turtle and TriG files at and below the paths."""
    for path in paths:
        files = path.rglob("*") if path.is_dir() else [path]
        yield from sorted(file for file in files if file.suffix in FORMATS)


def complaint(file: Path, *, check: bool) -> str:
    """Rewrite the file, or only check it; an error message or nothing."""
    before = file.read_text(encoding="utf-8")
    try:
        after = rewritten(file)
    except (FormatError, SyntaxError) as error:
        return str(error)
    if after != before and not check:
        file.write_text(after, encoding="utf-8")
    return "not in form" if after != before and check else ""


def main() -> int:
    """Rewrite the files; with --check only list those to change."""
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
