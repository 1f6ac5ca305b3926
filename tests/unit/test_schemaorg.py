"""schema.org: the metadata for search engines, from the same facts as the catalogue."""

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
    """It has the fields that search engines require and recommend, in the language of the page."""
    data = nodes(structured_data(publish(dataset, files), language))[f"{BASE}dataset"]

    assert data["@type"] == "Dataset"
    assert data["name"] == name
    assert 50 <= len(data["description"]) <= 5000
    assert data["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["isAccessibleForFree"] is True
    assert data["identifier"] == f"{BASE}dataset"
    assert data["url"] == f"{HERE}/"
    assert data["temporalCoverage"] == "2005/2025"
    assert data["includedInDataCatalog"] == {"@id": f"{BASE}catalog"}
    assert data["creator"]["name"] == data["publisher"]["name"] == "IQ Hessen Knowledge Graph developers"
    assert {"version", "datePublished", "dateModified", "keywords", "spatialCoverage", "isBasedOn"} <= data.keys()


def test_downloads(dataset: Dataset, files: Mapping[str, bytes]) -> None:
    """Each dump has an address and a format."""
    data = nodes(structured_data(publish(dataset, files), "en"))[f"{BASE}dataset"]
    distributions = {one["name"]: one for one in data["distribution"]}

    dumps = {name for name in files if name.startswith("iq-hessen.") and not name.endswith(".sha256")}

    assert distributions.keys() == dumps | {"recognition-procedures.csv"}
    assert distributions["recognition-procedures.csv"]["encodingFormat"] == "text/csv"
    assert distributions["iq-hessen.nt.gz"]["contentUrl"] == f"{HERE}/download/iq-hessen.nt.gz"
    assert distributions["iq-hessen.nt.gz"]["encodingFormat"] == ["application/n-triples", "application/gzip"]
    assert distributions["iq-hessen.ttl"]["encodingFormat"] == "text/turtle"


def test_catalogue_holds_every_dataset(dataset: Dataset, files: Mapping[str, bytes]) -> None:
    """The catalogue refers to the data, the ontology and the shapes, and all have descriptions."""
    things = nodes(structured_data(publish(dataset, files), "en"))
    members = [one["@id"] for one in things[f"{BASE}catalog"]["dataset"]]

    assert members == [f"{BASE}{name}" for name in ("dataset", "ontology", "shapes")]
    assert set(members) < things.keys()


def test_plain_rdf(tmp_path: Path) -> None:
    """It has no licence, creator, date or place of ours."""
    file = put(tmp_path, "a.ttl", "<urn:s> <urn:p> 1 .")
    document = structured_data(publish(load_plain([file]), {"iq-hessen.ttl": b"x"}), "en")
    data = nodes(document)[f"{HERE}/dataset"]

    assert BASE not in json.dumps(document)
    assert not {"license", "creator", "publisher", "datePublished", "spatialCoverage", "version"} & data.keys()
    assert data["distribution"][0]["contentUrl"] == f"{HERE}/download/iq-hessen.ttl"


def test_no_file_is_made(dataset: Dataset) -> None:
    """A page with the metadata does not wait for the files."""
    release = build(dataset)
    structured_data(publish(dataset, release), "de")
    assert not release.available_checksums()
