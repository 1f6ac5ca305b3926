"""Link headers (RFC 8288): how a thing, its documents, its licence and its source belong together."""

from collections.abc import Iterable, Iterator

from flask import Response
from pyoxigraph import NamedNode

from ...formats import TURTLE, Format
from ...terms import BASE, DCTERMS, OA, ONTOLOGY, PROV, RDF, SKOS
from .. import urls
from ..http.choice import DOCUMENTS
from ..http.negotiation import Page
from ..site import site

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
BY_ONTOLOGY = tuple(f"{BASE}{start}" for start in ("concept/", "ontology", "query/", "rule/", "shapes"))
MOST = 20  # more would not fit a header; the document has them all
RELATIONS = {
    "collection": SKOS.inScheme,
    "type": RDF.type,
    "up": DCTERMS.isPartOf,
}
ORIGINS = (PROV.hadPrimarySource, PROV.wasDerivedFrom)


def of_thing(node: NamedNode, chosen: Format | Page) -> Iterator[str]:
    """The links of a thing itself: to the document that describes it, and to the other forms."""
    yield _link(urls.form(node.value, chosen.extension), "describedby", chosen)
    yield from _alternates(node, chosen)
    yield from _licence(node)
    yield from _about(node)


def of_document(node: NamedNode, form: Format | Page) -> Iterator[str]:
    """The links of one form of a document, and those of the thing that it describes."""
    yield f'<{_safe(node.value)}>; rel="describes"'
    if urls.is_ours(node.value):
        yield _link(f"{node.value}.{form.extension}", "canonical", form)
    if isinstance(form, Page):
        yield _link(urls.form(node.value, TURTLE.extension), "describedby", TURTLE)
    yield from _alternates(node, form)
    yield from _licence(node)
    yield from _about(node, f'; anchor="{_safe(node.value)}"')


def of_vocabulary(node: NamedNode, form: Format | Page) -> Iterator[str]:
    """The links of one form of the ontology or the shapes."""
    yield _link(f"{node.value}.{form.extension}", "canonical", form)
    yield from _alternates(node, form)
    yield from _licence(node)


def add(response: Response, links: Iterable[str]) -> None:
    """Add links to an answer."""
    response.headers.add("Link", ", ".join(links))


def licence(iri: str) -> str:
    """The licence of what is told of one of our IRIs; of other things we cannot say."""
    if not site().bundled or not iri.startswith(BASE):
        return ""
    return CC_BY if iri.startswith(BY_ONTOLOGY) or iri == ONTOLOGY.value else CC0


def _alternates(node: NamedNode, chosen: Format | Page) -> Iterator[str]:
    for form in DOCUMENTS:
        if form.extension != chosen.extension:
            yield _link(urls.form(node.value, form.extension), "alternate", form)


def _licence(node: NamedNode) -> Iterator[str]:
    if found := licence(node.value):
        yield f'<{found}>; rel="license"'


def _about(node: NamedNode, anchor: str = "") -> Iterator[str]:
    """What the dataset says of the thing itself as links; `via` is where it comes from (RFC 4287)."""
    values = site().dataset.values
    targets = {relation: values(node, predicate) for relation, predicate in RELATIONS.items()}
    targets["via"] = [value for predicate in ORIGINS for value in values(node, predicate)]
    for document in values(node, OA.hasSource):
        targets["via"] += values(document, DCTERMS.source)
    for relation, found in targets.items():
        for target in found if len(found) <= MOST else ():
            if isinstance(target, NamedNode):
                yield f'<{_safe(target.value)}>; rel="{relation}"{anchor}'


def _link(address: str, relation: str, form: Format | Page) -> str:
    return f'<{_safe(address)}>; rel="{relation}"; type="{form.media_types[0]}"'


def _safe(iri: str) -> str:
    """An IRI as a URI (RFC 3987, section 3.1), which is what a header can hold."""
    return "".join(one if one.isascii() else "".join(f"%{byte:02X}" for byte in one.encode()) for one in iri)
