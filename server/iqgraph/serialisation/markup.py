"""What XML has no way to write: some characters, and properties whose IRI ends in no name."""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text
from ..errors import Inexpressible

START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME = re.compile(rf"[{START}][{START}.0-9\xb7\u0300-\u036f\u203f\u2040-]*$")
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
REASON = Text(
    de="XML kann die Steuerzeichen in einem Text nicht schreiben.",
    en="XML has no way to write the control characters in a text.",
)


def obstacle(triples: Iterable[Triple]) -> Text | None:
    """Why RDF/XML cannot say one of the triples; None if it can say them all."""
    named: set[NamedNode] = set()
    for triple in triples:
        if triple.predicate not in named and not NAME.search(triple.predicate.value):
            iri = triple.predicate.value
            return Text(
                de=f"RDF/XML hat keinen Namen für die Eigenschaft {iri}.",
                en=f"RDF/XML has no name for the property {iri}.",
            )
        named.add(triple.predicate)
        if isinstance(triple.object, Literal) and CONTROL.search(triple.object.value):
            return REASON
    return None


def whole(content: bytes) -> bytes:
    """XML from which its reader gets each character as it was, carriage returns too, or an Inexpressible."""
    if len(content.translate(None, CONTROLS)) < len(content) or any(one in content for one in NO_CHARACTERS):
        raise Inexpressible(REASON)
    return content.replace(b"\r", b"&#xD;")
