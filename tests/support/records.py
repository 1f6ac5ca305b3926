"""A publication, for the tests of records."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from pyoxigraph import NamedNode, Quad, Store, Triple

from iqgraph.catalogue.publication import Dump, Publication, publication
from iqgraph.dataset import Dataset
from iqgraph.settings import Settings

HERE = "http://data.example:8000/kg"


def publish(dataset: Dataset, files: Mapping[str, bytes], settings: Settings | None = None) -> Publication:
    """The publication of a dataset with these files at another address."""
    dumps = [_dump(files, name) for name in sorted(files) if "/" not in name]
    return publication(dataset, dumps, HERE, settings or Settings())


def store_of(triples: Iterable[Triple]) -> Store:
    """A store of these statements."""
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return store


def values(store: Store, subject: Any, predicate: NamedNode) -> list[str]:  # noqa: ANN401 - whatever a store may hold
    """The values of a property of a subject, or of all if it is None, sorted."""
    return sorted(getattr(quad.object, "value", "") for quad in store.quads_for_pattern(subject, predicate, None))


def _dump(files: Mapping[str, bytes], name: str) -> Dump:
    return Dump(name, lambda: (len(files[name]), sha256(files[name]).hexdigest()))
