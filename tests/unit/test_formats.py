"""The one table of formats."""

import pytest

from iqgraph import formats


@pytest.mark.parametrize("key", ["name", "extension"])
def test_names_are_unique(key: str) -> None:
    """A name or an extension means one format."""
    values = [getattr(form, key) for form in formats.FORMATS]

    assert len(set(values)) == len(values)


@pytest.mark.parametrize("form", formats.FORMATS, ids=lambda form: form.name)
def test_every_format_is_found_again(form: formats.Format) -> None:
    """The first media type and the extension lead back to the format; CSV for Germans has none but that of CSV."""
    assert formats.by_media_type(form.media_type) is (formats.CSV if form is formats.CSV_DE else form)


def test_parameters_and_case_of_a_media_type_do_not_matter() -> None:
    """What real clients send is understood."""
    assert formats.by_media_type("Text/Turtle; charset=UTF-8") is formats.TURTLE


def test_unknown_names_are_no_format() -> None:
    """Nothing is guessed."""
    assert formats.by_media_type("text/plain") is None


@pytest.mark.parametrize(
    ("name", "form"),
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
def test_format_of_a_file(name: str, form: formats.Format | None) -> None:
    """The ending promises the format, also below .gz; endings of query results promise no RDF."""
    assert formats.of_file(name) is form


def test_query_results_are_no_rdf() -> None:
    """Asking a format for what it is not is an error."""
    with pytest.raises(TypeError, match="CSV"):
        _ = formats.CSV.rdf
    with pytest.raises(TypeError, match="Turtle"):
        _ = formats.TURTLE.results
