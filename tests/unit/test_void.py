"""VoID: the counts and the access to the data in its terms, and nothing false."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from iqgraph.catalogue.void import count, void
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine.neighbourhood import find
from iqgraph.release.release import Files
from iqgraph.serialisation.turtle import turtle
from iqgraph.terms import BASE, DCTERMS, IQ, OWL, PROV, RDF, SKOS, VOID
from records import HERE, publish, store_of, values
from tiny import put

DATASET = NamedNode(f"{BASE}dataset")


@pytest.fixture(scope="module")
def store(dataset: Dataset, files: Files) -> Store:
    """The description of the bundled dataset."""
    return store_of(void(publish(dataset, files), count(dataset)))


def test_numbers(store: Store, dataset: Dataset) -> None:
    """Each number is that of the counts."""
    counts = count(dataset)

    assert values(store, DATASET, VOID.triples) == [str(counts.triples)]
    assert values(store, DATASET, VOID.entities) == [str(counts.entities)]
    assert values(store, DATASET, VOID.classes) == [str(len(counts.classes))]
    assert values(store, DATASET, VOID.properties) == [str(len(counts.properties))]
    assert values(store, DATASET, VOID.distinctSubjects) == [str(counts.subjects)]
    assert values(store, DATASET, VOID.distinctObjects) == [str(counts.values)]


def test_partitions(store: Store, dataset: Dataset) -> None:
    """Each class and each property has one, with its numbers."""
    counts = count(dataset)
    classes, properties = (values(store, DATASET, one) for one in (VOID.classPartition, VOID.propertyPartition))

    assert f"{BASE}void#class-iq:Passage" in classes
    assert values(store, NamedNode(f"{BASE}void#class-iq:Passage"), VOID["class"]) == [IQ.Passage.value]
    assert values(store, NamedNode(f"{BASE}void#class-iq:Passage"), VOID.entities) == [str(counts.classes[IQ.Passage])]
    assert len(classes) == len(counts.classes)
    assert len(properties) == len(counts.properties)
    assert (
        sum(int(one) for part in properties for one in values(store, NamedNode(part), VOID.triples)) == counts.triples
    )


def test_linksets(store: Store, dataset: Dataset) -> None:
    """Each target and property has a linkset from our data to another dataset."""
    links = count(dataset).links
    linksets = [quad.subject for quad in store.quads_for_pattern(None, RDF.type, VOID.Linkset)]
    wikidata = NamedNode(f"{BASE}void#links-www.wikidata.org-owl:sameAs")

    assert len(linksets) == len(links)
    assert sum(int(*values(store, one, VOID.triples)) for one in linksets) == sum(links.values())
    assert values(store, wikidata, VOID.linkPredicate) == [OWL.sameAs.value]
    assert values(store, wikidata, VOID.subjectsTarget) == [DATASET.value]
    (target,) = values(store, wikidata, VOID.objectsTarget)
    assert values(store, NamedNode(target), VOID.uriRegexPattern) == [r"^https?://www\.wikidata\.org/"]


def test_access(store: Store, files: Files) -> None:
    """At the address of the request: the endpoint and every dump of the data, without files of checksums."""
    names = [name for name in files if name.startswith("iq-hessen.") and not name.endswith(".sha256")]
    dumps = [f"{HERE}/download/{name}" for name in names]

    assert values(store, DATASET, VOID.sparqlEndpoint) == [f"{HERE}/sparql"]
    assert values(store, DATASET, VOID.dataDump) == sorted(dumps)
    assert values(store, DATASET, DCTERMS.license) == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert f"{BASE}id/11-jahre-iq" in values(store, DATASET, PROV.wasDerivedFrom)


def test_examples_are_in_the_data(store: Store, dataset: Dataset) -> None:
    """There are some, and each resolves."""
    examples = values(store, DATASET, VOID.exampleResource)

    assert len(examples) >= 3
    assert [iri for iri in examples if find(dataset, iri) is None] == []
    assert values(store, DATASET, VOID.uriSpace) == [BASE]
    assert all(iri.startswith(BASE) for iri in examples)


def test_vocabularies(store: Store) -> None:
    """The namespaces of the classes and properties that are used."""
    namespaces = values(store, DATASET, VOID.vocabulary)

    assert {IQ.iri, SKOS.iri, PROV.iri, OWL.iri} <= set(namespaces)
    assert all(iri.endswith(("#", "/")) for iri in namespaces)


def test_plain_rdf(tmp_path: Path) -> None:
    """It has counts, endpoint and dumps; terms without a prefix stay distinct; no IRI or licence of ours."""
    file = put(tmp_path, "a.ttl", "<urn:s> a <urn:C> ; <http://a.example/p> 1 ; <http://a.example/p?> 2, <urn:o> .")
    dataset = load_plain([file])
    triples = void(publish(dataset, {}), count(dataset), dataset.prefixes)
    store = store_of(triples)
    data = NamedNode(f"{HERE}/dataset")

    assert BASE not in turtle(triples)
    assert values(store, data, VOID.triples) == ["4"]
    assert values(store, data, VOID.sparqlEndpoint) == [f"{HERE}/sparql"]
    assert len(values(store, data, VOID.propertyPartition)) == 3
    assert values(store, data, VOID.subset) == values(store, data, DCTERMS.license) == []
    assert values(store, NamedNode(f"{HERE}/void#class-urn%3AC"), VOID["class"]) == ["urn:C"]
