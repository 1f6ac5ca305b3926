"""Faults of JSON-LD and RDF/XML that their parsers accept, and the errors that name file, line and reason.

A processor of JSON-LD ignores keys that no context defines and malformed IRIs and language tags
(https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm). A lenient parser yields them all, so its
output is checked. The parser of RDF/XML reports no lines.
"""

import re
from collections import deque
from contextlib import suppress
from itertools import accumulate, chain, count
from typing import IO, Any, NoReturn
from xml.parsers import expat

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ..bilingual import Text, untranslated
from ..errors import DatasetError, shorten
from ..terms import RDF
from .decoding import MAX_BUFFER_BYTES, ChunkStream

# Beyond some thousands the parser of JSON-LD overflows its stack; that of RDF/XML takes quadratic time.
MAX_DEPTH, MAX_XML_DEPTH = 500, 2000
TOO_DEEP = Text(de="Die Datei ist zu tief verschachtelt.", en="the file is nested too deeply.")
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
FREE_VALUE = Text(
    de="JSON-LD besteht aus Objekten; ein Wert, der zu keinem gehört, ginge verloren.",
    en="JSON-LD consists of objects; a value that belongs to none would be lost.",
)
LIST_KEY = re.compile(rb'"@(?:graph|set)"')
FREE, GRAPH_KEY = NamedNode("urn:x-free:value"), re.compile(rb'"@graph"(?=\s*+:)')
# The escape of a letter or "@", behind whole escapes of backslashes: a keyword may be written with it.
ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*+)\\u00(40|[46][1-9A-Fa-f]|[57][0-9Aa])")
# A key or IRI in the form of a keyword that is none is ignored as well
# (https://www.w3.org/TR/json-ld11-api/#iri-expansion).
KEYWORDS = (
    "base|container|context|direction|graph|id|import|included|index|json|language|list|nest|none|prefix|propagate"
    "|protected|reverse|set|type|value|version|vocab"
)
KEYWORD_FORM = rf'"(@(?!(?:{KEYWORDS})")[A-Za-z]+)"'
KEY = re.compile(rf"{KEYWORD_FORM}\s*+:".encode())
VALUE = re.compile(rf"{KEYWORD_FORM}(?!\s*+:)".encode())
# With this suffix a value no longer has the form of a keyword, so the parser yields it; a literal may end so, too.
SUFFIX = "\N{SYMBOL FOR NULL}"
SUFFIXED = re.compile(rf"(@[A-Za-z]+){SUFFIX}\d*[> ]")
DUPLICATE_ID = Text(de='rdf:ID="{}" kommt zum zweiten Mal vor.', en='rdf:ID="{}" occurs twice.')
EXTERNAL_ENTITY = Text(
    de="Die Entität {} steht anderswo, und es wird nichts geholt; setzen Sie ihren Text in die Datei.",
    en="the entity {} is external, and nothing is fetched; put its text into the file.",
)
ATTRIBUTE_DEFAULT = Text(
    de="Der Vorgabewert von {} bei {} wird nicht gelesen; schreiben Sie ihn, wo er gilt.",
    en="the default of {} at {} is not read; write the value wherever it applies.",
)
MALFORMED = Text(
    de="{} ist keine gültige IRI oder kein gültiges Sprachkürzel.", en="{} is not a valid IRI or language tag."
)
MISSING_TAG = Text(
    de="Der Wert {} ist als Text in einer Sprache bezeichnet, nennt aber keine.",
    en="the value {} is a language-tagged string without a language tag.",
)
SEPARATOR = " "
ID_ATTRIBUTE = f"{RDF.iri}{SEPARATOR}ID"
IRI_ATTRIBUTES = {f"{RDF.iri}{SEPARATOR}{name}" for name in ("about", "resource", "datatype")}
ABSOLUTE_IRI = re.compile(r"[A-Za-z][\w+.-]*:\S*$")  # the parser does not resolve any other base
# The parser ignores these attributes and the content of their elements, except for the values that are listed.
IGNORED_ATTRIBUTES: dict[str, tuple[str, ...]] = {"aboutEach": (), "aboutEachPrefix": (), "bagID": ()}
IGNORED_ATTRIBUTES |= {"parseType": ("Collection", "Literal", "Resource")}
# These values are read only in an element of this version (https://www.w3.org/TR/rdf12-xml/#section-MIME-Type).
VERSION_ATTRIBUTE = f"{RDF.iri}{SEPARATOR}version"
VALUES_OF_VERSION = {"1.2": ("Triple",)}
LANG_ATTRIBUTE, BASE_ATTRIBUTE = (f"http://www.w3.org/XML/1998/namespace{SEPARATOR}{name}" for name in ("lang", "base"))


def fault(file: str, reason: Text, line: int | None = None, column: int | None = None) -> DatasetError:
    """The error that names a file, the line and column if they are known, and the reason."""
    place = untranslated(file)
    place = Text(de="{}, Zeile {}", en="{}, line {}").format(place, line) if line else place
    place = Text(de="{}, Spalte {}", en="{}, column {}").format(place, column) if column else place
    return DatasetError(de=f"{place.de}: {reason.de}", en=f"{place.en}: {reason.en}")


def undefined_keys(file: str, content: bytes, base: str) -> list[str]:
    """The keys and names in JSON-LD that are ignored, since no context defines them, sorted.

    A DatasetError if the document is no JSON-LD, is nested too deeply or has a malformed IRI or language tag.
    """
    if _depth(content) > MAX_DEPTH:
        raise fault(file, TOO_DEEP)
    plain = ESCAPE.sub(lambda escape: escape[1] + bytes.fromhex(escape[2].decode()), content)
    keys = _ignored_keys(plain, base)
    marked = VALUE.sub(rf'"\1{SUFFIX}"'.encode(), plain)
    total = 0
    try:
        for quad in parse(marked, RdfFormat.JSON_LD, base_iri=base, lenient=True):
            total += 1
            if names := SUFFIXED.findall(f"{quad} "):
                keys.update(names)
                continue
            if ":" not in quad.predicate.value:
                keys.add(quad.predicate.value)
                quad = Quad(quad.subject, RDF.type, quad.object, quad.graph_name)  # noqa: PLW2901 - its other terms count
            elif quad.predicate == RDF.type and quad.object.value.startswith("file:"):
                keys.add(quad.object.value.rpartition("/")[2])
            check_terms(file, quad)
    except SyntaxError:
        deque(parse(content, RdfFormat.JSON_LD, base_iri=base, lenient=True), maxlen=0)  # whose error has its column
        raise
    # Outside of lists, a value is free only if it is all that there is, and this parse takes as long as the others.
    may_be_free = not total or plain.lstrip().startswith(b"[") or LIST_KEY.search(plain)
    if may_be_free and _has_free_values(marked, base, total):
        raise fault(file, FREE_VALUE)
    return sorted(keys)


def check_terms(file: str, quad: Quad) -> None:
    """Refuse a malformed IRI or language tag and a language-tagged string without a tag: no format can express them."""
    for term in quad:
        tag = term.language if isinstance(term, Literal) else None
        node = term.datatype if isinstance(term, Literal) else term
        if tag is None and isinstance(term, Literal) and node in (RDF.langString, RDF.dirLangString):
            raise fault(file, MISSING_TAG.format(shorten(term.value)))
        name = node.value if isinstance(node, NamedNode) else None
        try:  # the library checks only the terms that are constructed
            if tag is not None:
                Literal("", language=tag)
            elif name is not None:
                NamedNode(name)
        except ValueError as error:
            raise fault(file, MALFORMED.format(shorten(tag or name or ""))) from error


class _XmlChecker:
    """Refuses the first attribute that the parser of RDF/XML ignores or that is malformed, and some declarations."""

    def __init__(self, file: str) -> None:
        self.file, self.parser = file, expat.ParserCreate(namespace_separator=SEPARATOR)
        # Version and base of each open element; an ID is unique below one base (RDF 1.1 XML Syntax, section 2.14).
        self.scopes, self.ids = [("", "file:")], set[tuple[str, str]]()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, lambda _: self.scopes.pop()
        self.parser.SkippedEntityHandler = lambda name, _: self.refuse(EXTERNAL_ENTITY.format(name))
        self.parser.EntityDeclHandler, self.parser.AttlistDeclHandler = self.entity, self.attribute_default

    def start(self, _: str, attributes: dict[str, Any]) -> None:
        version, base = self.scopes[-1]
        version = attributes.get(VERSION_ATTRIBUTE, version)
        base = attributes.get(BASE_ATTRIBUTE, base)
        self.scopes.append((version, base))
        if len(self.scopes) > MAX_XML_DEPTH + 1:
            self.refuse(TOO_DEEP)
        for name, value in attributes.items():
            if name in {ID_ATTRIBUTE, *IRI_ATTRIBUTES} and ":" not in value and not ABSOLUTE_IRI.match(base):
                self.refuse(MALFORMED.format(shorten(f'xml:base="{base}"')))
            if name == ID_ATTRIBUTE and (base, value) in self.ids:
                self.refuse(DUPLICATE_ID.format(shorten(value)))
            if name == ID_ATTRIBUTE:
                self.ids.add((base, value))
            if reason := _attribute_fault(name, value, version):
                self.refuse(reason)

    def entity(self, name: str, _: object, value: str | None, *__: object) -> None:
        if value is None:
            self.refuse(EXTERNAL_ENTITY.format(name))

    def attribute_default(self, element: str, name: str, _: str, default: str | None, __: int) -> None:
        if default is not None:
            self.refuse(ATTRIBUTE_DEFAULT.format(name, element))

    def refuse(self, reason: Text) -> NoReturn:
        raise fault(self.file, reason, self.parser.CurrentLineNumber)


def refuse_xml_faults(file: str, source: IO[bytes]) -> None:
    """Refuse a file for its first fault of XML, or the first part that the parser of RDF/XML ignores or misreads.

    That parser accepts a truncated file and expands entities without a limit; expat does neither
    (https://libexpat.github.io/doc/api/latest/#billion-laughs).
    """
    try:
        _XmlChecker(file).parser.ParseFile(source)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        reason = Text(de=f"Der Parser für XML meldet: „{message}“.", en=f"the XML parser says: “{message}”.")
        raise fault(file, reason, error.lineno) from error


def line_of_fault(source: IO[bytes]) -> int:
    """The line that the parser of RDF/XML is reading when it fails."""
    line, chunk = 1, b""

    def read_line() -> bytes:
        nonlocal line, chunk
        line += chunk.endswith(b"\n")
        chunk = source.readline(MAX_BUFFER_BYTES)
        return chunk

    with suppress(SyntaxError):
        quads = parse(ChunkStream(read_line), RdfFormat.RDF_XML, lenient=True)  # type: ignore[arg-type]
        deque(quads, maxlen=0)
    return line


def _attribute_fault(name: str, value: str, version: str) -> Text | None:
    """What is wrong with an attribute in an element of a version of RDF/XML; None if nothing is."""
    local = name.removeprefix(RDF.iri + SEPARATOR)
    if local != name and value not in (*IGNORED_ATTRIBUTES.get(local, (value,)), *VALUES_OF_VERSION.get(version, ())):
        attribute = f'rdf:{local}="{shorten(value)}"'
        return Text(de=f"{attribute} wird nicht gelesen.", en=f"{attribute} is not read.")
    try:
        if name == LANG_ATTRIBUTE and value:
            Literal("", language=value)
        if name in IRI_ATTRIBUTES and value:
            NamedNode(value if ":" in value else f"x:{value}")
    except ValueError:
        return MALFORMED.format(shorten(value))
    return None


def _ignored_keys(content: bytes, base: str) -> set[str]:
    """The keys in JSON-LD that look like keywords and are ignored, unlike those of an `@index` map or of a JSON value.

    With suffixes, of which no two are equal, they are read like other keys.
    """
    keys, numbers = {key.decode() for key in KEY.findall(content)}, count()
    if not keys:
        return keys
    marked = KEY.sub(lambda key: b'"%s%s%d":' % (key[1], SUFFIX.encode(), next(numbers)), content)
    with suppress(SyntaxError):  # no other key may stand beside @value or @list
        quads = parse(marked, RdfFormat.JSON_LD, base_iri=base, lenient=True)
        return {*chain.from_iterable(SUFFIXED.findall(f"{quad} ") for quad in quads)}
    return keys


def _has_free_values(content: bytes, base: str, count: int) -> bool:
    """Whether JSON-LD of so many statements has values in no node, at the top or in a `@graph`, which are dropped.

    The parser yields them as values of a property, and lists of them as further statements
    (https://www.w3.org/TR/json-ld11-api/#expansion-algorithm, step 19).
    """
    content = f'{{"{FREE.value}":['.encode() + GRAPH_KEY.sub(f'"{FREE.value}"'.encode(), content) + b"]}"
    quads = parse(content, RdfFormat.JSON_LD, base_iri=base, lenient=True)
    return sum(1 for quad in quads if quad.predicate != FREE or isinstance(quad.object, Literal)) > count


def _depth(content: bytes) -> int:
    """The depth to which JSON is nested; brackets in strings do not count."""
    steps = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
    return max(accumulate(steps.get(token[0], 0) for token in TOKEN.finditer(content)), default=0)
