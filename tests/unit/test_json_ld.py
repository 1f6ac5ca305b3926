"""JSON-LD: nothing of a file is passed over in silence."""

import json
from pathlib import Path
from typing import Any

import pytest

from iqgraph.dataset import load_plain
from iqgraph.dataset.json_ld import ill_formed, unknown_keys
from iqgraph.dataset.reading import refuse_gaps
from iqgraph.errors import DatasetError

BASE = "file:///a.jsonld"
LABEL = {"label": "http://www.w3.org/2000/01/rdf-schema#label"}
LINK = {"p": {"@id": "urn:p", "@type": "@id"}}
WORDS = {"l": {"@id": "urn:l", "@container": "@language"}}
DATA = {"d": {"@id": "urn:d", "@type": "@json"}}


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({"name": "Jo", "knows": {"name": "Mia"}}, ["knows", "name"]),
        ([{"@id": "urn:a", "name": "Jo"}, {"@id": "urn:b", "urn:p": 1}], ["name"]),
        ({"@context": LABEL, "@id": "urn:a", "label": "x", "coment": "y"}, ["coment"]),
        ({"@context": [LABEL, None], "@id": "urn:a", "label": "x"}, ["label"]),
        ({"@context": {"@vocab": None}, "@id": "urn:a", "label": "x"}, ["label"]),
        ({"@id": "urn:a", "@type": "Person"}, ["Person"]),
        ({"@id": "urn:a", "urn:p": {"@context": None, "deep": 1}}, ["deep"]),
        ({"@context": {"@vocab": "urn:v:"}, "@id": "urn:a", "name": "Jo", "@type": "Person"}, []),
        ({"@context": {"note": None}, "@id": "urn:a", "note": "on purpose", "urn:p": 1}, []),
        ({"@context": DATA, "@id": "urn:a", "d": {"any": {"key": 1}}}, []),
        ({"@id": "urn:a", "urn:p": {"@value": "x", "@language": "de"}}, []),
        ({}, []),
    ],
)
def test_unknown_keys(document: Any, keys: list[str]) -> None:  # noqa: ANN401 - JSON
    """Keys and types without a meaning, whatever stands at them; what a context leaves out on purpose is none."""
    assert unknown_keys(document, BASE) == keys


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"@id": "http://a.example/a b", "urn:p": 1}, "@id: http://a.example/a b"),
        ({"@id": "urn:a", "http://a.example/p q": 1}, "http://a.example/p q"),
        ({"@context": LINK, "@id": "urn:a", "p": ["urn:b", "http://a.example/{id}"]}, "p: http://a.example/{id}"),
        ({"@id": "urn:a", "@type": "urn:x y"}, "@type: urn:x y"),
        ({"@id": "urn:g g", "@graph": []}, "@id: urn:g g"),
        ({"urn:p": {"@value": "x", "@language": "de_DE"}}, "@language: de_DE"),
        ({"urn:p": {"@value": "x", "@language": ""}}, "@language: "),
        ({"urn:p": {"@value": "1", "@type": "urn:x y"}}, "@type: urn:x y"),
        ({"@context": WORDS, "l": {"de": "x", "de_CH": "y"}}, "l: de_CH"),
        ({"@context": WORDS, "l": {"de": "x", "@none": "y"}}, ""),
        ({"@context": DATA, "d": {"@id": "a b", "c d:e": 1}}, ""),
        ({"@context": LINK, "@id": "../a#b", "p": "c?d=e", "urn:p": "any text: {it} is <free>"}, ""),
    ],
)
def test_ill_formed(document: Any, fault: str) -> None:  # noqa: ANN401 - JSON
    """The first IRI or tag that Turtle would refuse too, with its key."""
    assert ill_formed(document) == fault


@pytest.mark.parametrize("document", [{"@id": "http://a.example/a b", "urn:p": 1}, "[" * 100_000])
def test_a_file_is_refused(tmp_path: Path, document: Any) -> None:  # noqa: ANN401 - JSON
    """What no statement can have is an error, and so is a tower."""
    file = tmp_path / "a.jsonld"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"a\.jsonld"):
        load_plain([file])


def test_unknown_keys_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The file is served as far as it goes, and refused by who wants all of it."""
    file = tmp_path / "a.jsonld"
    file.write_text(json.dumps({"@id": "urn:a", "urn:p": 1, "name": "Jo"}), encoding="utf-8")

    assert load_plain([file]).statements == 1
    assert "a.jsonld: no context says what these keys mean" in caplog.text
    assert "name" in caplog.text
    with pytest.raises(DatasetError, match="left out: name"):
        refuse_gaps(file)
