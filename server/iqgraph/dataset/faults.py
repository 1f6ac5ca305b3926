"""Faults: what a file says that no statement can have is refused, and what makes no statement is told.

The parser of JSON-LD passes over a key that no context knows and over ill-formed IRIs and language tags, as its
algorithm asks (https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm). A lenient parser has them
all, so what it yields is looked at. That of RDF/XML tells of no line.
"""

import re
from collections import deque
from contextlib import suppress
from typing import IO, Any
from urllib.parse import urljoin
from xml.parsers import expat

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ..bilingual import Text
from ..errors import DatasetError, shortened
from ..terms import RDF
from .decoding import Pieces

# At some thousands the parser of JSON-LD overflows its stack; that of RDF/XML takes the square of the depth.
MAX_DEPTH, MAX_XML_DEPTH = 500, 2000
# What a parser holds at once (https://docs.rs/oxttl/latest/src/oxttl/toolkit/parser.rs.html).
MAX_HELD_BYTES = 1 << 24
TOO_DEEP = Text(de="Die Datei ist zu tief verschachtelt.", en="the file is nested too deeply.")
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
# What looks like a keyword and is none is passed over, too, as a key and as a name
# (https://www.w3.org/TR/json-ld11-api/#iri-expansion).
KEYWORDS = (
    "base|container|context|direction|graph|id|import|included|index|json|language|list|nest|none|prefix|propagate"
    "|protected|reverse|set|type|value|version|vocab"
)
LIKE_KEYWORD = rf'"(@(?!(?:{KEYWORDS})")[A-Za-z]+)"'
AS_KEY, AS_VALUE = re.compile(rf"{LIKE_KEYWORD}\s*+:".encode()), re.compile(rf"{LIKE_KEYWORD}(?!\s*+:)".encode())
# A name with a mark no longer looks like one, so it is not passed over; a text may end with it, too.
MARK = "\N{SYMBOL FOR NULL}"
MARKED = re.compile(rf"(@[A-Za-z]+){MARK}[> ]")
SEPARATOR = " "
IDENTITY = f"{RDF.iri}{SEPARATOR}ID"
IRIS = {f"{RDF.iri}{SEPARATOR}{name}" for name in ("about", "resource", "datatype")}
# What the parser passes over, with all that stands there; of one of them it reads some values.
UNREAD: dict[str, tuple[str, ...]] = {"aboutEach": (), "aboutEachPrefix": (), "bagID": ()}
UNREAD |= {"parseType": ("Collection", "Literal", "Resource")}
# That is read only in an element of this version (https://www.w3.org/TR/rdf12-xml/#section-MIME-Type).
VERSION = f"{RDF.iri}{SEPARATOR}version"
OF_VERSION = {"1.2": ("Triple",)}
LANGUAGE, LOCAL_BASE = (f"http://www.w3.org/XML/1998/namespace{SEPARATOR}{name}" for name in ("lang", "base"))


def unknown_keys(file: str, content: bytes, base: str) -> list[str]:
    """The keys and names of JSON-LD that are passed over, since no context says what they mean, sorted.

    What no statement can have is refused.
    """
    if content.lstrip()[:1] not in b"{[":  # https://www.w3.org/TR/json-ld11/#json-ld-grammar
        raise DatasetError(
            de=f"{file}: JSON-LD ist ein Objekt oder eine Liste von Objekten.",
            en=f"{file}: JSON-LD is an object or an array of objects.",
        )
    if _depth(content) > MAX_DEPTH:
        raise DatasetError(de=f"{file}: {TOO_DEEP.de}", en=f"{file}: {TOO_DEEP.en}")
    found = {name.decode() for name in AS_KEY.findall(content)}
    content = AS_VALUE.sub(rf'"\1{MARK}"'.encode(), content)
    for quad in parse(content, RdfFormat.JSON_LD, base_iri=base, lenient=True):
        if isinstance(quad.object, Literal) and quad.object.datatype == RDF.JSON:  # such a value has keys of its own
            found -= {name.decode() for name in AS_KEY.findall(quad.object.value.encode())}
        if marked := MARKED.findall(f"{quad} "):
            found.update(marked)
            continue
        if ":" not in quad.predicate.value:
            found.add(quad.predicate.value)
            quad = Quad(quad.subject, RDF.type, quad.object, quad.graph_name)  # noqa: PLW2901 - all else may be wrong
        elif quad.predicate == RDF.type and quad.object.value.startswith("file:"):
            found.add(quad.object.value.rpartition("/")[2])
        refuse_unsound(file, quad)
    return sorted(found)


def left_out(file: str, keys: list[str]) -> Text:
    """What is told of keys and names that are passed over."""
    names = shortened(", ".join(keys))
    return Text(
        de=f"{file}: Kein Kontext erklärt diese Schlüssel oder Namen, und was bei ihnen steht, fehlt: {names}.",
        en=f"{file}: no context says what these keys or names mean, and what stands at them is left out: {names}.",
    )


def too_long(file: str, source: IO[bytes]) -> Text:
    """What is told of a file with more in a piece than its parser holds; of a value of several lines not where."""
    pieces = enumerate(iter(lambda: source.readline(MAX_HELD_BYTES), b""), 1)
    line = next((number for number, piece in pieces if len(piece) == MAX_HELD_BYTES), None)
    return Text(
        de=f"{file}{f', Zeile {line}' if line else ''}: Ein Wert oder Kommentar ist länger als 16 MiB.",
        en=f"{file}{f', line {line}' if line else ''}: a value or a comment is longer than 16 MiB.",
    )


def refuse_unsound(file: str, quad: Quad) -> None:
    """Refuse a statement that cannot be written again, with an ill-formed IRI or tag or with a tag that is missing."""
    for term in quad:
        named = term.datatype if isinstance(term, Literal) and term.language is None else term
        if isinstance(term, Literal) and named in (RDF.langString, RDF.dirLangString):
            text = shortened(term.value)
            raise DatasetError(
                de=f"{file}: Der Wert {text} ist als Text in einer Sprache bezeichnet, nennt aber keine.",
                en=f"{file}: the value {text} is called text in a language, but names none.",
            )
        name = named.language if isinstance(named, Literal) else named.value if isinstance(named, NamedNode) else None
        try:  # only if it is made anew, the library looks at it
            name is None or (Literal("", language=name) if isinstance(named, Literal) else NamedNode(name))
        except ValueError as error:
            reason = _ill_formed(name or "")
            raise DatasetError(de=f"{file}: {reason.de}", en=f"{file}: {reason.en}") from error


def refuse_xml_faults(file: str, source: IO[bytes]) -> None:
    """Refuse a file for its first fault of XML, or its first IRI or language tag that RDF does not know.

    The parser of RDF takes a file without an end for a whole one, and expands entities without a bound; expat does
    neither (https://libexpat.github.io/doc/api/latest/#billion-laughs).
    """
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    # Version and base of each element around; with one base a name is given once (RDF 1.1 XML Syntax, section 2.14).
    scopes, identities = [("", "")], set[tuple[str, str]]()

    def start(_: str, attributes: dict[str, Any]) -> None:
        version, base = scopes[-1]
        version, base = attributes.get(VERSION, version), _joined(base, attributes.get(LOCAL_BASE, ""))
        scopes.append((version, base))
        if len(scopes) > MAX_XML_DEPTH + 1:
            raise _refusal(file, parser.CurrentLineNumber, TOO_DEEP)
        for name, value in attributes.items():
            reason = _fault(name, value, version)
            if name == IDENTITY:
                if (base, value) in identities:
                    again = f'rdf:ID="{shortened(value)}"'
                    reason = Text(de=f"{again} steht zum zweiten Mal da.", en=f"{again} is there for the second time.")
                identities.add((base, value))
            if reason:
                raise _refusal(file, parser.CurrentLineNumber, reason)

    parser.StartElementHandler, parser.EndElementHandler = start, lambda _: scopes.pop()
    _refuse_declarations(file, parser)
    try:
        parser.ParseFile(source)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        reason = Text(de=f"Der Parser für XML meldet: „{words}“.", en=f"the parser of XML says: “{words}”.")
        raise _refusal(file, error.lineno, reason) from error


def _refuse_declarations(file: str, parser: expat.XMLParserType) -> None:
    """Let a parser of XML refuse what declarations say and the parser of RDF does not hear."""

    def entity(name: str, _: object, value: str | None, *__: object) -> None:
        if value is None:
            reason = Text(
                de=f"Die Entität {name} steht anderswo, und es wird nichts geholt; setzen Sie ihren Text in die Datei.",
                en=f"the entity {name} is elsewhere, and nothing is fetched; put its text into the file.",
            )
            raise _refusal(file, parser.CurrentLineNumber, reason)

    def attribute(element: str, name: str, _: str, default: str | None, __: int) -> None:
        if default is not None:
            reason = Text(
                de=f"Den Vorgabewert von {name} bei {element} liest niemand; schreiben Sie ihn, wo er gelten soll.",
                en=f"the default of {name} at {element} is read by nobody; write it where it is meant.",
            )
            raise _refusal(file, parser.CurrentLineNumber, reason)

    parser.EntityDeclHandler, parser.AttlistDeclHandler = entity, attribute


def line_of_fault(source: IO[bytes]) -> int:
    """The line to which the parser of RDF has to read XML for its fault."""
    line, piece = 1, b""

    def read() -> bytes:
        nonlocal line, piece
        line += piece.endswith(b"\n")
        piece = source.readline(MAX_HELD_BYTES)
        return piece

    with suppress(SyntaxError):
        deque(parse(Pieces(read), RdfFormat.RDF_XML, lenient=True), maxlen=0)  # type: ignore[arg-type]
    return line


def _joined(base: str, own: str) -> str:
    try:
        return urljoin(base, own)
    except ValueError:  # also of some IRIs that RDF knows
        return f"{base} {own}"


def _fault(name: str, value: str, version: str) -> Text | None:
    """What is wrong with an attribute of RDF/XML, in an element of a version."""
    own = name.removeprefix(RDF.iri + SEPARATOR)
    if own != name and value not in (*UNREAD.get(own, (value,)), *OF_VERSION.get(version, ())):
        what = f'rdf:{own}="{shortened(value)}"'
        return Text(de=f"{what} wird nicht gelesen.", en=f"{what} is not read.")
    try:
        if name == LANGUAGE and value:
            Literal("", language=value)
        if name in IRIS and value:
            NamedNode(value if ":" in value else f"x:{value}")
    except ValueError:
        return _ill_formed(value)
    return None


def _refusal(file: str, line: int, reason: Text) -> DatasetError:
    return DatasetError(de=f"{file}, Zeile {line}: {reason.de}", en=f"{file}, line {line}: {reason.en}")


def _ill_formed(value: str) -> Text:
    value = shortened(value)
    return Text(
        de=f"{value} ist keine IRI oder kein Sprachkürzel, wie RDF sie kennt.",
        en=f"{value} is no IRI or no language tag as RDF has them.",
    )


def _depth(content: bytes) -> int:
    """How deeply JSON is nested; brackets within a string do not count."""
    depth = most = 0
    for token in TOKEN.finditer(content):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token[0], 0)
        most = max(most, depth)
    return most
