"""The paths of older versions: which are pages of the version, and which are not."""

import pytest

from iqgraph.web.site import split_version

VERSIONS = ("1.0.0", "1.1.0")

INSIDE = [
    ("/version/1.0.0/id/anna", "/id/anna"),
    ("/version/1.0.0/id/anna.ttl", "/id/anna.ttl"),
    ("/version/1.0.0/graph/names/letter", "/graph/names/letter"),
    ("/version/1.0.0/id//anna/", "/id//anna/"),
    ("/version/1.0.0/sparql", "/sparql"),
    ("/version/1.0.0/explore", "/explore"),
    ("/version/1.0.0/document/letter", "/document/letter"),
    ("/version/1.0.0/ontology", "/ontology"),
    ("/version/1.0.0/ontology.ttl", "/ontology.ttl"),
    ("/version/1.0.0/static/style.css", "/static/style.css"),
    ("/version/1.0.0/download/", "/download/"),
    ("/version/1.0.0/iq-hessen.ttl", "/download/iq-hessen.ttl"),
    ("/version/1.0.0/iq-hessen.nq.gz", "/download/iq-hessen.nq.gz"),
    ("/version/1.0.0/SHA256SUMS", "/download/SHA256SUMS"),
]
OUTSIDE = [
    "/",
    "/sparql",
    "/id/anna",
    "/version/",
    "/version/1.0.0",
    "/version/1.0.0/",
    "/version/1.0.0.ttl",
    "/version/2.0.0/id/anna",
    "/version/v1.0.0/id/anna",
    "/version/latest/sparql",
    "/version/1.0.0/health",
    "/version/1.0.0/links",
    "/version/1.0.0/validation",
    "/version/1.0.0/version/1.0.0/id/anna",
    "/version/1.0.0/iq-hessenttl",
    "/version/1.0.0//evil.example/id/",
    "//version/1.0.0/id/anna",
    "/x/version/1.0.0/id/anna",
]


@pytest.mark.parametrize(("path", "inner"), INSIDE)
def test_pages_of_a_version(path: str, inner: str) -> None:
    """Things, queries, files."""
    assert split_version(path, VERSIONS) == ("1.0.0", inner)


@pytest.mark.parametrize("path", OUTSIDE)
def test_all_else(path: str) -> None:
    """Pages of the service, unknown versions, and versions within versions."""
    assert split_version(path, VERSIONS) == ("", path)
