"""JSON-LD: what its algorithm would pass over in silence is found, so that nothing of a file is lost unsaid.

By the rules of the algorithm, a key that no context knows makes no statement, and neither do an ill-formed IRI and an
ill-formed language tag: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm and, in the same place,
#deserialize-json-ld-to-rdf-algorithm.
"""

import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ..bilingual import Text
from ..errors import DatasetError, shortened
from ..terms import RDF

UNKNOWN = "urn:iqgraph:unknown:"
VOCABULARY = {"@vocab": UNKNOWN}


def gaps(name: str, content: bytes, base: str) -> Iterator[Text]:
    """What a file says that makes no statement, as a sentence; what no statement can have is refused."""
    try:
        document = json.loads(content)
    except ValueError:
        return  # the parser says where
    except RecursionError as error:
        raise DatasetError(
            de=f"{name}: Die Datei ist zu tief verschachtelt.", en=f"{name}: the file is nested too deeply."
        ) from error
    if fault := shortened(ill_formed(document)):
        raise DatasetError(
            de=f"{name}: {fault} ist keine IRI oder kein Sprachkürzel, wie RDF sie kennt.",
            en=f"{name}: {fault} is no IRI or no language tag as RDF has them.",
        )
    if keys := shortened(", ".join(unknown_keys(document, base))):
        yield Text(
            de=f"{name}: Kein Kontext erklärt diese Schlüssel, und was bei ihnen steht, fehlt: {keys}.",
            en=f"{name}: no context says what these keys mean, and what stands at them is left out: {keys}.",
        )


def unknown_keys(document: Any, base: str) -> list[str]:  # noqa: ANN401 - JSON
    """The keys and types that make no statement, since no context says what they mean, sorted.

    The document is read once more with a vocabulary for whatever has none.
    """
    contexts = {"@context": [VOCABULARY]}
    parts = document if isinstance(document, list) else [document]
    known = json.dumps([{**contexts, "@graph": [_with_vocabulary(one)]} for one in parts]).encode()
    found = set()
    for quad in parse(known, RdfFormat.JSON_LD, base_iri=base):
        for term in (quad.predicate, quad.object if quad.predicate == RDF.type else None):
            if isinstance(term, NamedNode) and term.value.startswith(UNKNOWN):
                found.add(term.value.removeprefix(UNKNOWN))
    return sorted(found)


def ill_formed(document: Any) -> str:  # noqa: ANN401 - JSON
    """The first IRI or language tag that no statement can have, with the key that it stands at; else empty."""
    return next(_faults(document, dict(_terms(document))), "")


def _with_vocabulary(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same with the vocabulary in each context that would take it back."""
    if isinstance(value, list):
        return [_with_vocabulary(one) for one in value]
    if isinstance(value, dict):
        return {key: _anew(one) if key == "@context" else _with_vocabulary(one) for key, one in value.items()}
    return value


def _anew(context: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """The contexts, in each of which null leaves the vocabulary as it is."""
    listed = context if isinstance(context, list) else [context]
    return [
        part
        for one in listed
        for part in (
            [None, VOCABULARY]
            if one is None
            else [{**one, **VOCABULARY} if isinstance(one, dict) and one.get("@vocab", "") is None else one]
        )
    ]


def _terms(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - JSON
    """What any context of the document says of its terms."""
    if isinstance(document, list):
        for one in document:
            yield from _terms(one)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key == "@context":
                for context in value if isinstance(value, list) else [value]:
                    if isinstance(context, dict):
                        yield from ((term, said) for term, said in context.items() if isinstance(said, dict))
            yield from _terms(value)


def _faults(value: Any, terms: dict[str, dict[str, Any]], key: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    term = terms.get(key, {})
    if isinstance(value, list):
        for one in value:
            yield from _faults(one, terms, key)
    elif isinstance(value, dict) and term.get("@type") != "@json" and value.get("@type") != "@json":
        is_map_of_tags = term.get("@container") in ("@language", ["@language"])
        for name, one in value.items():
            if name == "@context":
                continue
            if (is_map_of_tags and name != "@none" and not _is_tag(name)) or (":" in name and not _is_iri(name)):
                yield f"{key}: {name}" if is_map_of_tags else name
            yield from _faults(one, terms, name)
    elif isinstance(value, str):
        is_iri = key in ("@id", "@type", "@graph") or term.get("@type") in ("@id", "@vocab")
        if (is_iri and not _is_iri(value)) or (key == "@language" and not _is_tag(value)):
            yield f"{key}: {value}"


def _is_iri(text: str) -> bool:
    """Whether nothing in the text keeps it from being a part of an IRI, which is all that a relative one can show."""
    try:
        NamedNode(f"x:{text}" if ":" not in text else text)
    except ValueError:
        return False
    return True


def _is_tag(text: str) -> bool:
    try:
        Literal("", language=text)
    except ValueError:
        return False
    return True
