"""JSON-LD that a person can read: short names from a context that stands in the document, so no network is needed."""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text
from ..errors import Inexpressible
from ..terms import PREFIXES, RDF, RDFS, SKOS, XSD, Term
from .context import Context, Json, TermDefinition, context
from .turtle import Graphs, Names, order

Node = dict[str, Json]
# Longer ones are more than a reader with floating-point numbers can keep (RFC 8259, section 6).
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
NESTED = Text(
    de="JSON-LD hat keinen Platz für Aussagen über Aussagen.",
    en="JSON-LD has no place for statements about statements.",
)
# Such an IRI would be read as a compact one: https://www.w3.org/TR/json-ld11/#compact-iris
OPAQUE = re.compile(r"([^:/?#]+):(?!//)")


def jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples as one JSON-LD document, one object a subject; equal triples give equal text."""
    every = set(triples)
    writer = Writer(context(every, prefixes), every)
    nodes = [lines(node) for node in writer.flat(every)]
    body = ",\n".join(nodes)
    return f'{{"@context": {lines(writer.context())},\n"@graph": [\n{body}\n]}}\n'


class Writer:
    """Writes terms by the names of a context, and remembers which of them it used."""

    def __init__(self, names: Context, triples: Iterable[Triple]) -> None:
        # A prefix that is also the scheme of an IRI such as mailto:a@b.example would change what that IRI means.
        nodes = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
        schemes = {found[1] for iri in nodes if (found := OPAQUE.match(iri))}
        self._all = Context(
            names.entries, {prefix: iri for prefix, iri in names.prefixes.items() if prefix not in schemes}
        )
        self._names = Names(self._all.usable)
        self._used: set[TermDefinition] = set()
        self._aliases: set[str] = set()

    def context(self) -> Node:
        """As much of the context as was used."""
        return self._all.written(self._used, {*self._names.used, *self._aliases})

    def flat(self, triples: Iterable[Triple]) -> list[Node]:
        """One object a subject, sorted."""
        by_subject = groupby(sorted(triples, key=order), key=lambda triple: triple.subject)
        return [self.node(subject, group) for subject, group in by_subject]

    def node(self, subject: Term, triples: Iterable[Triple], embedded: Mapping[Term, Node] | None = None) -> Node:
        """A subject with what is said of it; values that are nodes may be embedded."""
        node: Node = {self.alias("id"): self.iri(subject)}
        for triple in triples:
            if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
                self.put(node, self.alias("type"), self._short(triple.object))
                continue
            entry, key = self._entry(triple), self.key(triple)
            inner = (embedded or {}).get(triple.object)
            if entry and entry.by_language and isinstance(triple.object, Literal):
                words = node.setdefault(key, {})
                self.put(words if isinstance(words, dict) else {}, triple.object.language or "", triple.object.value)
            else:
                self.put(node, key, inner if inner is not None else self._value(triple.object, entry))
        return node

    def alias(self, name: str) -> str:
        """The name that stands for a keyword."""
        self._aliases.add(name)
        return name

    def iri(self, term: Term) -> str:
        """A node by its full IRI, which a reader can follow."""
        return term.value if isinstance(term, NamedNode) else str(term)

    def long(self, node: NamedNode) -> str:
        """A name that means nothing but the IRI, however the values of the property are usually written."""
        return self._names.iri(node.value).strip("<>")

    def key(self, triple: Triple) -> str:
        """The name of the property, by which its value is read as it is."""
        entry = self._entry(triple)
        return entry.name if entry else self.long(triple.predicate)

    def put(self, node: Node, key: str, value: Json) -> None:
        """Add a value; one value is no list."""
        if key not in node:
            node[key] = value
        elif isinstance(known := node[key], list):
            known.append(value)
        else:
            node[key] = [known, value]

    def _entry(self, triple: Triple) -> TermDefinition | None:
        """The entry of the predicate, if the value is of the kind that it promises."""
        entry = self._all.entries.get(triple.predicate.value)
        if entry is None or not _fits(triple.object, entry):
            return None
        self._used.add(entry)
        return entry

    def _short(self, node: NamedNode) -> str:
        entry = self._all.entries.get(node.value)
        if entry is None:
            return self.long(node)
        self._used.add(entry)
        return entry.name

    def _value(self, term: Term, entry: TermDefinition | None) -> Json:
        typed = entry is not None and bool(entry.type)
        if isinstance(term, NamedNode | BlankNode):
            return self.iri(term) if typed else {self.alias("id"): self.iri(term)}
        if not isinstance(term, Literal):
            raise Inexpressible(NESTED)
        if term.language:
            words: Node = {"@language": term.language, "@value": term.value}
            # https://www.w3.org/TR/json-ld11/#base-direction
            return words | {"@direction": term.direction.value} if term.direction else words
        # Other numbers would come back as xsd:double: https://www.w3.org/TR/json-ld11-api/#object-to-rdf-conversion
        if term.datatype == XSD.integer and INTEGER.fullmatch(term.value):
            return int(term.value)
        if term.datatype == XSD.boolean and term.value in ("true", "false"):
            return term.value == "true"
        if typed or term.datatype == XSD.string:
            return term.value
        return {self.alias("type"): self._short(term.datatype), "@value": term.value}


def lines(entries: Mapping[str, Json], indent: str = "") -> str:
    """An object with one line an entry."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    return "{" + f",\n{indent}  ".join(lines) + "}"


def _fits(term: Term, entry: TermDefinition) -> bool:
    """Whether the value is of the kind that the entry promises."""
    if entry.by_language:
        return isinstance(term, Literal) and bool(term.language) and not term.direction
    if entry.type == "@id":
        return isinstance(term, NamedNode | BlankNode)
    return not entry.type or (isinstance(term, Literal) and term.datatype.value == entry.type)


REIFIED = {RDF.subject, RDF.predicate, RDF.object}
LABELS = {SKOS.prefLabel, RDFS.label}


def frame(node: NamedNode, triples: Iterable[Triple], graphs: Graphs, names: Context) -> str:
    """A document about one thing: its own node with its parts, what points to it, and as evidence the named graphs.

    Outside the graphs stands every triple, so a reader who does not care for evidence may leave the graphs out.
    """
    every = dict.fromkeys(triples)
    told = [(name, list(said)) for name, said in graphs]
    writer = Writer(names, [*every, *(triple for _, said in told for triple in said)])
    document = _Frame(writer, node, every).document(told)
    body = json.dumps(document, ensure_ascii=False, indent=2).removeprefix("{\n")
    return f'{{\n  "@context": {lines(writer.context(), "  ")},\n{body}\n'


class _Frame:
    """A document about a node: what is told of other nodes stands where they are first mentioned, or after it."""

    def __init__(self, writer: Writer, node: NamedNode, triples: Iterable[Triple]) -> None:
        self.writer, self.node = writer, node
        self.left: dict[Term, list[Triple]] = {}
        for triple in sorted(triples, key=order):
            self.left.setdefault(triple.subject, []).append(triple)

    def document(self, graphs: Graphs) -> Node:
        """The node at the top; then what points to it, what else is told, and the graphs."""
        writer = self.writer
        document = self._whole(self.node)
        pointing = [triple for told in self.left.values() for triple in told if self._leads_here(triple)]
        incoming: Node = {}
        for triple in pointing:
            self.left[triple.subject].remove(triple)
            writer.put(incoming, writer.key(triple), self._mention(triple.subject))
        if incoming:
            document[writer.alias("incoming")] = incoming
        evidence = [self._graph(name, triples) for name, triples in graphs]
        if rest := writer.flat(triple for told in self.left.values() for triple in told):
            document[writer.alias("related")] = [*rest]
        if evidence:
            document[writer.alias("evidence")] = [*evidence]
        return document

    def _leads_here(self, triple: Triple) -> bool:
        """Whether the triple is about another thing and this one, not about a statement."""
        return triple.object == self.node and triple.predicate not in REIFIED

    def _whole(self, subject: Term) -> Node:
        """A node with all that is told of it; its parts are in it, other nodes with their labels."""
        told = self.left.pop(subject, [])
        return self.writer.node(subject, told, {one.object: inner for one in told if (inner := self._inner(one))})

    def _inner(self, triple: Triple) -> Node | None:
        """What stands in the place of a value that is a node, if there is something to tell of it."""
        term = triple.object
        if not isinstance(term, NamedNode | BlankNode) or term not in self.left or triple.predicate == RDF.type:
            return None
        if isinstance(term, BlankNode) or term.value.startswith(f"{self.node.value}#"):
            return self._whole(term)
        mention = self._mention(term)
        return mention if len(mention) > 1 else None

    def _mention(self, term: Term) -> Node:
        """A node with its labels, if they are still to be told; a blank node with all."""
        if isinstance(term, BlankNode):
            return self._whole(term)
        told = self.left.get(term, [])
        self.left[term] = [triple for triple in told if triple.predicate not in LABELS]
        return self.writer.node(term, [triple for triple in told if triple.predicate in LABELS])

    def _graph(self, name: Term, triples: Iterable[Triple]) -> Node:
        return {**self._whole(name), self.writer.alias("statements"): [*self.writer.flat(triples)]}
