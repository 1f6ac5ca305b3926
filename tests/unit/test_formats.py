"""The table of formats."""

import pytest

from iqgraph import formats


@pytest.mark.parametrize("key", ["name", "extension"])
def test_names_are_unique(key: str) -> None:
    """A name or an extension stands for one format."""
    values = [getattr(format, key) for format in formats.FORMATS]

    assert len(set(values)) == len(values)


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda format: format.name)
def test_formats_by_media_type_and_extension(format: formats.Format) -> None:
    """German CSV has no media type of its own."""
    assert formats.by_media_type(format.media_type) is (formats.CSV if format is formats.CSV_DE else format)


@pytest.mark.parametrize(
    ("media_type", "format"), [("Text/Turtle; charset=UTF-8", formats.TURTLE), ("text/plain", None)]
)
def test_other_media_types(media_type: str, format: formats.Format | None) -> None:
    """Parameters and case do not matter (RFC 9110, section 8.3.1), and no format is guessed."""
    assert formats.by_media_type(media_type) is format


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.ttl", formats.TURTLE),
        ("folder/A.TRIG", formats.TRIG),
        ("a.nq.gz", formats.N_QUADS),
        ("a.rdf.GZ", formats.RDF_XML),
        ("a.owl", formats.RDF_XML),
        ("a.json", None),
        ("a.gz", None),
        ("ttl", None),
    ],
)
def test_format_of_a_file(name: str, format: formats.Format | None) -> None:
    """The extension decides, also before .gz; those of query results are no RDF."""
    assert formats.of_file(name) is format


def test_query_results_are_no_rdf() -> None:
    """A format of one kind has no parser of the other kind."""
    with pytest.raises(TypeError, match="CSV"):
        _ = formats.CSV.rdf
    with pytest.raises(TypeError, match="Turtle"):
        _ = formats.TURTLE.results
