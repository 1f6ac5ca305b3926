"""JSON-LD with a context of prefixes: one object a subject, one line a property, sorted."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from .terms import PREFIXES, RDF, XSD
from .turtle import Names, Term, order

Json = str | dict[str, str] | list["Json"]


def jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples as one JSON-LD document; equal triples give equal text."""
    names = Names(prefixes)
    by_subject = groupby(sorted(set(triples), key=order), key=lambda triple: triple.subject)
    nodes = [_object(_node(subject, group, names)) for subject, group in by_subject]
    context = _object({prefix: prefixes[prefix] for prefix in sorted(names.used)})
    body = ",\n".join(nodes)
    return f'{{"@context": {context},\n"@graph": [\n{body}\n]}}\n'


def _object(entries: Mapping[str, Json]) -> str:
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    return "{" + ",\n  ".join(lines) + "}"


def _node(subject: Term, triples: Iterable[Triple], names: Names) -> dict[str, Json]:
    node: dict[str, Json] = {"@id": _name(subject, names)}
    for predicate, group in groupby(triples, key=lambda triple: triple.predicate):
        values = [triple.object for triple in group]
        if predicate == RDF.type:
            node["@type"] = _plain([_name(value, names) for value in values])
        else:
            node[_name(predicate, names)] = _plain([_value(value, names) for value in values])
    return node


def _plain(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values


def _value(term: Term, names: Names) -> Json:
    if isinstance(term, NamedNode | BlankNode):
        return {"@id": _name(term, names)}
    if not isinstance(term, Literal):
        raise ValueError("JSON-LD has no place for statements about statements")
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype == XSD.string:
        return term.value
    return {"@type": _name(term.datatype, names), "@value": term.value}


def _name(term: Term, names: Names) -> str:
    return names.term(term).removeprefix("<").removesuffix(">")
