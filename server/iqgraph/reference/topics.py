"""The ontology by topic, as `ontology/topics.csv` has them: classes, and each property with its most frequent class."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import UNION, Dataset
from ..resources import packaged, table
from ..terms import OWL, RDF
from ..validation.paths import short_name
from .reference import PROPERTIES, Entry, Reference

ANY = "things"
OTHER = "other"
_TABLE = table(packaged().ontology, "topics.csv")
NAMES: Mapping[str, Text] = {row["topic"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
TOPIC_OF = {name: row["topic"] for row in _TABLE for name in row["classes"].split()}


@dataclass(frozen=True)
class Topic:
    """A group of classes, other vocabularies' included, and the properties that belong to them."""

    slug: str
    name: Text
    classes: tuple[NamedNode, ...]
    entries: tuple[Entry, ...]


def topics(dataset: Dataset, reference: Reference) -> list[Topic]:
    """Each class and property in one topic; a class that the table does not name goes where its wider class is."""
    placed: dict[str, list[Entry]] = {slug: [] for slug in NAMES}
    for entry in reference.of(OWL.Class):
        placed[topic_of(reference, entry.node)].append(entry)
    for entry in reference.of(*PROPERTIES):
        owner = _owner(dataset, entry)
        placed[topic_of(reference, owner) if owner else ANY].append(entry)
    domains = {node for entry in reference.of(*PROPERTIES) for node in entry.domain}
    foreign = {node: topic_of(reference, node) for node in domains if node not in reference.terms}
    found = []
    for slug, entries in placed.items():
        own = [entry.node for entry in entries if entry.kind == OWL.Class]
        own += sorted((node for node, topic in foreign.items() if topic == slug), key=str)
        found.append(Topic(slug, NAMES[slug], tuple(own), tuple(entries)))
    return [topic for topic in found if topic.entries]


def topic_of(reference: Reference, node: NamedNode) -> str:
    """The topic of a class: the one that the table gives it, else that of a wider class."""
    if short_name(node) in TOPIC_OF:
        return TOPIC_OF[short_name(node)]
    entry = reference.terms.get(node)
    return next((topic_of(reference, above) for above in (entry.above if entry else ())), OTHER)


def _owner(dataset: Dataset, entry: Entry) -> NamedNode | None:
    """The class that a property is said of most, of those that the ontology names."""
    said = dataset.store.quads_for_pattern(None, entry.node, None, UNION)
    classes = Counter(kind for quad in said for kind in dataset.values(quad.subject, RDF.type))
    return max(entry.domain, key=lambda node: classes[node], default=None)
