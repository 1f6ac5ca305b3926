"""The resources of agents: what one reads before asking, as short texts that are made of the data."""

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode

from ...reference.reference import Entry
from ...reference.usage import reused_name
from ...resources import documentation
from ...terms import BASE, DCTERMS
from ..http.language import localize
from ..reference import ontology_groups, rulebook
from ..site import site
from .calls import TABLE
from .inquiries import Object

SCHEME = "iqgraph://"
MARKDOWN = "text/markdown"
Lines = Callable[[], Iterator[str]]


def resources() -> list[Object]:
    """Those that there are for what is served, as the protocol lists them."""
    return [
        {"uri": SCHEME + name, "name": name, "description": row["description"], "mimeType": MARKDOWN}
        for name, row in TABLE["resources"].items()
        if site().bundled or not row.get("ours")
    ]


def read(uri: str) -> Object | None:
    """The content of a resource."""
    if uri not in [one["uri"] for one in resources()]:
        return None
    lines = LINES[uri.removeprefix(SCHEME)]()
    return {"uri": uri, "mimeType": MARKDOWN, "text": "\n".join(lines) + "\n"}


def _prefixes() -> Iterator[str]:
    for prefix, iri in sorted(site().dataset.prefixes.items()):
        yield f"PREFIX {prefix}: <{iri}>"


def _ontology() -> Iterator[str]:
    """Classes and properties by topic, then the concepts of each scheme by their names alone."""
    for group in ontology_groups().values():
        yield f"## {localize(group.name)}"
        shown, concepts = (group.entries, ()) if group.topic else (group.entries[:1], group.entries[1:])
        yield from (f"- {_short(one.node)}: {localize(one.label)}{_signature(one)}" for one in shown)
        yield from [", ".join(_short(one.node) for one in concepts)] if concepts else []
    yield "## Terms of other vocabularies"
    about = site().dataset.nodes(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    yield from (f"- {_short(one)}: {localize(name)}" for one in about if (name := reused_name(one)))


def _signature(entry: Entry) -> str:
    """What a property is said of, and what it leads to."""
    domain, target = (" | ".join(map(_short, nodes)) for nodes in (entry.domain, entry.range))
    return f" ({domain or '…'} → {target or '…'})" if domain or target else ""


def _short(node: NamedNode) -> str:
    return site().model.short(node)


def _shapes() -> Iterator[str]:
    """What is looked at and the rules for it, by their messages; those that several share stand at the end."""
    book = rulebook()
    for section in book.sections:
        yield "## " + "; ".join(f"{_short(parameter)} {_short(term)}" for parameter, term in section.shape.targets)
        own = (section.shape, *(part for part, is_shared in section.parts if not is_shared))
        yield from (f"- {localize(one.message)}" for one in own if one.message)
    yield "## Shared"
    yield from (f"- {localize(one.message)}" for one in book.shared if one.message)


def _questions() -> Iterator[str]:
    for topic, questions in site().model.questions.by_topic():
        yield f"## {localize(topic)}"
        yield from (f"- {one.slug}: {localize(one.title)}" for one in questions)


def _model() -> Iterator[str]:
    return iter(documentation("model.md").splitlines())


LINES: dict[str, Lines] = {one.__name__[1:]: one for one in (_model, _ontology, _shapes, _prefixes, _questions)}
