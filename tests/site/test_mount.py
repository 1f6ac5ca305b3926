"""The paths of older versions: pages of the version and others."""

import pytest

from iqgraph.web.site import split_version

VERSIONS = ("1.0.0", "1.1.0")

SAME = (
    *("/id/anna", "/id/anna.ttl", "/graph/names/letter", "/id//anna/", "/sparql", "/explore", "/document/letter"),
    *("/ontology", "/ontology.ttl", "/static/style.css", "/download/"),
)
FILES = ("/iq-hessen.ttl", "/iq-hessen.nq.gz", "/SHA256SUMS")
OUTSIDE = [
    *("/", "/sparql", "/id/anna", "/version/", "/version/1.0.0", "/version/1.0.0/", "/version/1.0.0.ttl"),
    *("/version/2.0.0/id/anna", "/version/v1.0.0/id/anna", "/version/latest/sparql", "/version/1.0.0/health"),
    *("/version/1.0.0/links", "/version/1.0.0/validation", "/version/1.0.0/version/1.0.0/id/anna"),
    *("/version/1.0.0/iq-hessenttl", "/version/1.0.0//evil.example/id/", "//version/1.0.0/id/anna"),
    "/x/version/1.0.0/id/anna",
]


@pytest.mark.parametrize(
    ("path", "inner"), [*((one, one) for one in SAME), *((one, f"/download{one}") for one in FILES)]
)
def test_pages_of_a_version(path: str, inner: str) -> None:
    """Things, queries, files."""
    assert split_version(f"/version/1.0.0{path}", VERSIONS) == ("1.0.0", inner)


@pytest.mark.parametrize("path", OUTSIDE)
def test_all_else(path: str) -> None:
    """Pages of the service, unknown versions, and versions within versions."""
    assert split_version(path, VERSIONS) == ("", path)
