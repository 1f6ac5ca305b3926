"""JSON-LD that people can read: short names from a context in the document, so that none has to be fetched."""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text
from ..errors import Inexpressible
from ..terms import LABELS, PREFIXES, RDF, XSD, Term
from .context import Context, Json, TermDefinition, context
from .turtle import Graphs, TermWriter, sort_key

Node = dict[str, Json]
# A number of more digits may lose some in a reader with floating-point numbers (RFC 8259, section 6).
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
NO_TRIPLE_TERMS = Text(
    de="JSON-LD hat keinen Platz für Aussagen über Aussagen.", en="JSON-LD cannot express statements about statements."
)
# An IRI such as mailto:a@b.example would be read as a compact one: https://www.w3.org/TR/json-ld11/#compact-iris
OPAQUE_IRI = re.compile(r"([^:/?#]+):(?!//)")


def jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples as one JSON-LD document with an object for each subject; equal triples give equal text."""
    unique = set(triples)
    writer = NodeWriter(context(unique, prefixes), unique)
    nodes = ",\n".join(lines(node) for node in writer.nodes(unique))
    return f'{{"@context": {lines(writer.context())},\n"@graph": [\n{nodes}\n]}}\n'


class NodeWriter:
    """Writes nodes with the names of a context, and remembers which of them it used."""

    def __init__(self, names: Context, triples: Iterable[Triple]) -> None:
        # A prefix that is also the scheme of such an IRI would change the meaning of the IRI.
        iris = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
        schemes = {match[1] for iri in iris if (match := OPAQUE_IRI.match(iri))}
        prefixes = {prefix: iri for prefix, iri in names.prefixes.items() if prefix not in schemes}
        self._context = Context(names.definitions, prefixes)
        self._terms = TermWriter(self._context.free_prefixes)
        self._used_definitions: set[TermDefinition] = set()
        self._used_aliases: set[str] = set()

    def context(self) -> Node:
        """The used part of the context."""
        return self._context.as_json(self._used_definitions, {*self._terms.used_prefixes, *self._used_aliases})

    def nodes(self, triples: Iterable[Triple]) -> list[Node]:
        """An object for each subject, sorted."""
        by_subject = groupby(sorted(triples, key=sort_key), key=lambda triple: triple.subject)
        return [self.node(subject, group) for subject, group in by_subject]

    def node(self, subject: Term, triples: Iterable[Triple], children: Mapping[Term, Node] | None = None) -> Node:
        """A subject with its properties; some values may be embedded as objects of their own."""
        node: Node = {self.alias("id"): self.iri(subject)}
        for triple in triples:
            value = triple.object
            if triple.predicate == RDF.type and isinstance(value, NamedNode):
                self.add(node, self.alias("type"), self._name(value))
                continue
            definition, key, child = self._definition(triple), self.key(triple), (children or {}).get(value)
            if definition and definition.type == "@language" and isinstance(value, Literal):
                texts = node.setdefault(key, {})
                self.add(texts if isinstance(texts, dict) else {}, value.language or "", value.value)
            else:
                self.add(node, key, self._value(value, definition) if child is None else child)
        return node

    def alias(self, name: str) -> str:
        """The alias of a keyword."""
        self._used_aliases.add(name)
        return name

    def iri(self, term: Term) -> str:
        """The full IRI of a node, which a reader can follow, or its blank node label."""
        return term.value if isinstance(term, NamedNode) else str(term)

    def key(self, triple: Triple) -> str:
        """The key of the property: its name, if that fits the value, else its IRI."""
        definition = self._definition(triple)
        return definition.name if definition else self._compact(triple.predicate)

    def add(self, node: Node, key: str, value: Json) -> None:
        """Add a value to a key; several values become a list."""
        if key not in node:
            node[key] = value
        elif isinstance(values := node[key], list):
            values.append(value)
        else:
            node[key] = [values, value]

    def _definition(self, triple: Triple) -> TermDefinition | None:
        """The definition of the property, if the value has the type that it promises."""
        definition = self._context.definitions.get(triple.predicate.value)
        if definition is None or not _fits(triple.object, definition):
            return None
        self._used_definitions.add(definition)
        return definition

    def _name(self, node: NamedNode) -> str:
        definition = self._context.definitions.get(node.value)
        if definition is None:
            return self._compact(node)
        self._used_definitions.add(definition)
        return definition.name

    def _compact(self, node: NamedNode) -> str:
        return self._terms.iri(node.value).strip("<>")

    def _value(self, term: Term, definition: TermDefinition | None) -> Json:
        has_type = definition is not None and bool(definition.type)
        if isinstance(term, NamedNode | BlankNode):
            return self.iri(term) if has_type else {self.alias("id"): self.iri(term)}
        if not isinstance(term, Literal):
            raise Inexpressible(NO_TRIPLE_TERMS)
        if term.language:
            text: Node = {"@language": term.language, "@value": term.value}
            # https://www.w3.org/TR/json-ld11/#base-direction
            return text | {"@direction": term.direction.value} if term.direction else text
        # Other numbers would come back as xsd:double: https://www.w3.org/TR/json-ld11-api/#object-to-rdf-conversion
        if term.datatype == XSD.integer and INTEGER.fullmatch(term.value):
            return int(term.value)
        if term.datatype == XSD.boolean and term.value in ("true", "false"):
            return term.value == "true"
        if has_type or term.datatype == XSD.string:
            return term.value
        return {self.alias("type"): self._name(term.datatype), "@value": term.value}


def lines(node: Mapping[str, Json], indent: str = "") -> str:
    """An object with one entry a line."""
    entries = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in node.items()]
    return "{" + f",\n{indent}  ".join(entries) + "}"


def _fits(term: Term, definition: TermDefinition) -> bool:
    """Whether the value has the type that the definition promises."""
    if definition.type == "@language":
        return isinstance(term, Literal) and bool(term.language) and not term.direction
    if definition.type == "@id":
        return isinstance(term, NamedNode | BlankNode)
    return not definition.type or (isinstance(term, Literal) and term.datatype.value == definition.type)


REIFICATION = {RDF.subject, RDF.predicate, RDF.object}


def frame(node: NamedNode, triples: Iterable[Triple], graphs: Graphs, names: Context) -> str:
    """A document about one node with its parts, with what refers to it, and with the named graphs as evidence.

    All triples are outside the graphs as well, for readers who do not need the evidence.
    """
    unique = dict.fromkeys(triples)
    evidence = [(name, list(own)) for name, own in graphs]
    writer = NodeWriter(names, [*unique, *(triple for _, own in evidence for triple in own)])
    document = _Frame(writer, node, unique).document(evidence)
    body = json.dumps(document, ensure_ascii=False, indent=2).removeprefix("{\n")
    return f'{{\n  "@context": {lines(writer.context(), "  ")},\n{body}\n'


class _Frame:
    """A document about a node; the triples about another node are written where it first occurs, or at the end."""

    def __init__(self, writer: NodeWriter, node: NamedNode, triples: Iterable[Triple]) -> None:
        self.writer, self.node = writer, node
        self.remaining: dict[Term, list[Triple]] = {}
        for triple in sorted(triples, key=sort_key):
            self.remaining.setdefault(triple.subject, []).append(triple)

    def document(self, graphs: Graphs) -> Node:
        """The node; then what refers to it, all other triples, and the graphs."""
        writer = self.writer
        document = self._whole(self.node)
        others = [triple for triples in self.remaining.values() for triple in triples]
        incoming: Node = {}
        # The reification of a statement about this node is no reference to it.
        for triple in (other for other in others if other.object == self.node and other.predicate not in REIFICATION):
            self.remaining[triple.subject].remove(triple)
            writer.add(incoming, writer.key(triple), self._mention(triple.subject))
        if incoming:
            document[writer.alias("incoming")] = incoming
        evidence: list[Json] = [
            {**self._whole(name), writer.alias("statements"): [*writer.nodes(triples)]} for name, triples in graphs
        ]
        if rest := writer.nodes(triple for triples in self.remaining.values() for triple in triples):
            document[writer.alias("related")] = [*rest]
        if evidence:
            document[writer.alias("evidence")] = evidence
        return document

    def _whole(self, subject: Term) -> Node:
        """A node with all its remaining triples, with its parts, and with the labels of other nodes."""
        triples = self.remaining.pop(subject, [])
        children = {triple.object: child for triple in triples if (child := self._child(triple))}
        return self.writer.node(subject, triples, children)

    def _child(self, triple: Triple) -> Node | None:
        """The object to embed for the value, if triples about it remain."""
        term = triple.object
        if not isinstance(term, NamedNode | BlankNode) or term not in self.remaining or triple.predicate == RDF.type:
            return None
        if isinstance(term, BlankNode) or term.value.startswith(f"{self.node.value}#"):
            return self._whole(term)
        mention = self._mention(term)
        return mention if len(mention) > 1 else None

    def _mention(self, term: Term) -> Node:
        """A node with its remaining labels; a blank node with all its triples."""
        if isinstance(term, BlankNode):
            return self._whole(term)
        triples = self.remaining.get(term, [])
        self.remaining[term] = [triple for triple in triples if triple.predicate not in LABELS]
        return self.writer.node(term, [triple for triple in triples if triple.predicate in LABELS])
