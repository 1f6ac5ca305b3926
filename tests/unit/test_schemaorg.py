"""schema.org: what search engines for data read, from the same facts as the catalogue."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iqgraph.catalogue.records import structured_data
from iqgraph.dataset import Dataset, load_plain
from iqgraph.release.release import build
from iqgraph.terms import BASE
from records import HERE, publish
from tiny import put


def nodes(document: dict[str, object]) -> dict[str, Any]:
    """The things of a document by their IRIs."""
    graph = json.loads(json.dumps(document))["@graph"]
    return {node["@id"]: node for node in graph}


@pytest.mark.parametrize(("language", "name"), [("de", "Wissensgraph IQ Hessen"), ("en", "IQ Hessen Knowledge Graph")])
def test_dataset(dataset: Dataset, files: Mapping[str, bytes], language: str, name: str) -> None:
    """What the search engines require and recommend for a Dataset, in the language of the page."""
    data = nodes(structured_data(publish(dataset, files), language))[f"{BASE}dataset"]

    assert data["@type"] == "Dataset"
    assert data["name"] == name
    assert 50 <= len(data["description"]) <= 5000
    assert data["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["identifier"] == f"{BASE}dataset"
    assert data["url"] == f"{HERE}/"
    assert data["temporalCoverage"] == "2005/2025"
    assert data["includedInDataCatalog"] == {"@id": f"{BASE}catalog"}
    assert data["creator"]["name"] == data["publisher"]["name"] == "IQ Hessen Knowledge Graph developers"
    assert {"version", "datePublished", "dateModified", "keywords", "spatialCoverage", "isBasedOn"} <= data.keys()


def test_downloads(dataset: Dataset, files: Mapping[str, bytes]) -> None:
    """Each dump with address and format."""
    data = nodes(structured_data(publish(dataset, files), "en"))[f"{BASE}dataset"]
    found = {one["name"]: one for one in data["distribution"]}

    dumps = {name for name in files if name.startswith("iq-hessen.") and not name.endswith(".sha256")}

    assert found.keys() == dumps | {"recognition-procedures.csv"}
    assert found["recognition-procedures.csv"]["encodingFormat"] == "text/csv"
    assert found["iq-hessen.nt.gz"]["contentUrl"] == f"{HERE}/download/iq-hessen.nt.gz"
    assert found["iq-hessen.nt.gz"]["encodingFormat"] == ["application/n-triples", "application/gzip"]
    assert found["iq-hessen.ttl"]["encodingFormat"] == "text/turtle"


def test_catalogue_holds_every_dataset(dataset: Dataset, files: Mapping[str, bytes]) -> None:
    """The catalogue points to the data, the ontology and the shapes, which are all described."""
    found = nodes(structured_data(publish(dataset, files), "en"))
    held = [one["@id"] for one in found[f"{BASE}catalog"]["dataset"]]

    assert held == [f"{BASE}{name}" for name in ("dataset", "ontology", "shapes")]
    assert set(held) < found.keys()


def test_of_others(tmp_path: Path) -> None:
    """Somebody's files have no licence, creator, date or place from us."""
    file = put(tmp_path, "a.ttl", "<urn:s> <urn:p> 1 .")
    document = structured_data(publish(load_plain([file]), {"iq-hessen.ttl": b"x"}), "en")
    data = nodes(document)[f"{HERE}/dataset"]

    assert BASE not in json.dumps(document)
    assert not {"license", "creator", "publisher", "datePublished", "spatialCoverage", "version"} & data.keys()
    assert data["distribution"][0]["contentUrl"] == f"{HERE}/download/iq-hessen.ttl"


def test_no_file_is_made(dataset: Dataset) -> None:
    """A page that carries the block costs as little before the files are made as after it."""
    made = build(dataset)
    structured_data(publish(dataset, made), "de")
    assert not made.available_figures()
