"""RDF/XML: what is wrong with a file, and in which line, which the parser of RDF does not say."""

from typing import IO, Any
from xml.parsers import expat

from pyoxigraph import Literal, NamedNode

from ..errors import DatasetError, shortened
from ..terms import RDF

SEPARATOR = " "
IRIS = {f"{RDF.iri}{SEPARATOR}{name}" for name in ("about", "resource", "datatype")}
LANGUAGE = f"http://www.w3.org/XML/1998/namespace{SEPARATOR}lang"


def refuse_faults(file: str, source: IO[bytes]) -> None:
    """Refuse a file for its first fault of XML, or its first IRI or language tag that RDF does not know.

    The parser of RDF takes a file without an end for a whole one, and expands entities without a bound; expat does
    neither (https://libexpat.github.io/doc/api/latest/#billion-laughs).
    """
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)

    def start(_: str, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            try:
                if name == LANGUAGE and value:
                    Literal("", language=value)
                if name in IRIS and value:
                    NamedNode(value if ":" in value else f"x:{value}")
            except ValueError as error:
                raise _refusal(file, parser.CurrentLineNumber, f"{error}: {value}") from error

    parser.StartElementHandler = start
    try:
        parser.ParseFile(source)
    except expat.ExpatError as error:
        raise _refusal(file, error.lineno, expat.ErrorString(error.code)) from error


def _refusal(file: str, line: int, reason: str) -> DatasetError:
    reason = shortened(reason)
    return DatasetError(de=f"{file}, Zeile {line}: {reason}.", en=f"{file}, line {line}: {reason}.")
