"""The resources of agents: what one reads before asking, as short texts that are made of the data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from pyoxigraph import NamedNode

from ...reference.reference import Entry
from ...reference.usage import reused_name
from ...terms import BASE, DCTERMS
from ...validation.shapes import Shape
from ..http.language import localize
from ..reference import Section, ontology_groups, rulebook
from ..site import site
from .inquiries import Object

SCHEME = "iqgraph://"
MARKDOWN = "text/markdown"
FOLDER = files("iqgraph.docs")


@dataclass(frozen=True, slots=True)
class Resource:
    """A text: its name, what it is for, and its lines; only the bundled graph has what is `ours`."""

    name: str
    description: str
    lines: Callable[[], Iterator[str]]
    ours: bool = True

    @property
    def uri(self) -> str:
        """The name by which it is asked for."""
        return SCHEME + self.name

    def listed(self) -> Object:
        """The resource as the protocol lists it."""
        return {"uri": self.uri, "name": self.name, "description": self.description, "mimeType": MARKDOWN}


def resources() -> list[Resource]:
    """Those that there are for what is served."""
    return [one for one in RESOURCES if site().bundled or not one.ours]


def read(uri: str) -> Object | None:
    """The content of a resource, or of a part of one that has parts."""
    found = {one.uri: one.lines for one in resources()}
    if site().bundled:
        found |= {f"{SCHEME}ontology/{name}": partial(_terms, name) for name in ontology_groups()}
        found |= {f"{SCHEME}shapes/{section.shape.name}": partial(_rules, section) for section in rulebook().sections}
    lines = found.get(uri)
    return None if lines is None else {"uri": uri, "mimeType": MARKDOWN, "text": "\n".join(lines()) + "\n"}


def templates() -> list[Object]:
    """The parts of those resources that have parts."""
    parted = PARTED.items() if site().bundled else ()
    return [
        {"uriTemplate": f"{SCHEME}{name}/{{part}}", "name": f"{name}-part", "description": text, "mimeType": MARKDOWN}
        for name, text in parted
    ]


def _prefixes() -> Iterator[str]:
    for prefix, iri in sorted(site().dataset.prefixes.items()):
        yield f"PREFIX {prefix}: <{iri}>"


def _ontology() -> Iterator[str]:
    """The parts with their classes and properties; of concepts only the scheme."""
    for group in ontology_groups().values():
        yield f"## {localize(group.name)} ({SCHEME}ontology/{group.slug})"
        shown = group.entries if group.topic else group.entries[:1]
        yield from (f"- {_short(one.node)}: {localize(one.label)}{_signature(one)}" for one in shown)
    yield "## Terms of other vocabularies"
    about = site().dataset.nodes(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    yield from (f"- {_short(one)}: {localize(name)}" for one in about if (name := reused_name(one)))


def _terms(part: str) -> Iterator[str]:
    group = ontology_groups()[part]
    yield f"# {localize(group.name)}"
    for one in group.entries:
        yield f"- {_short(one.node)}: {localize(one.label)}{_signature(one)}. {localize(one.definition)}"


def _signature(entry: Entry) -> str:
    """What a property is said of, and what it leads to."""
    domain, target = (" | ".join(map(_short, nodes)) for nodes in (entry.domain, entry.range))
    return f" ({domain or '…'} → {target or '…'})" if domain or target else ""


def _short(node: NamedNode) -> str:
    return site().model.short(node)


def _shapes() -> Iterator[str]:
    for section in rulebook().sections:
        yield f"- {SCHEME}shapes/{section.shape.name}: {_looked_at(section)}. {_rule(section.shape)}"


def _rules(section: Section) -> Iterator[str]:
    yield f"# {_looked_at(section)}"
    yield _rule(section.shape)
    yield from (f"- {_rule(part)}" for part, _ in section.parts)


def _looked_at(section: Section) -> str:
    return "; ".join(f"{_short(parameter)} {_short(term)}" for parameter, term in section.shape.targets)


def _rule(shape: Shape) -> str:
    """A rule by its message, and as SHACL writes it."""
    return " ".join(([localize(shape.message)] if shape.message else []) + [f"({shape})"])


def _questions() -> Iterator[str]:
    for topic, questions in site().model.questions.by_topic():
        yield f"## {localize(topic)}"
        yield from (f"- {one.slug}: {localize(one.title)}" for one in questions)


def _model() -> Iterator[str]:
    return iter((FOLDER / "model.md").read_text(encoding="utf-8").splitlines())


PARTED = {
    "ontology": "One part of the ontology with all definitions and concepts; the resource itself names the parts.",
    "shapes": "All rules for one class; the resource itself names the parts.",
}
RESOURCES = (
    Resource("model", "How the data is built: passages, graphs, roles, time; with queries to vary.", _model),
    Resource("ontology", "Classes and properties by topic; the parts have definitions and concepts.", _ontology),
    Resource("shapes", "The rules for the things of each class (SHACL): which statements each of them has.", _shapes),
    Resource("prefixes", "The PREFIX lines for queries.", _prefixes, ours=False),
    Resource("questions", "All prepared questions by topic, with the names for answer_question.", _questions),
)
