"""The completion of the editor: prefixes and terms with labels in both languages."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.terms import BASE, PREFIXES
from visits import site_of


def test_our_terms(client: FlaskClient) -> None:
    """Properties, classes and things by short name, with German and English labels, once each."""
    answer = json.loads(client.get("/sparql/terms.json").data)
    terms = {name: rest for name, *rest in answer["terms"]}

    assert PREFIXES.items() <= answer["prefixes"].items()
    assert all(answer["prefixes"][name].startswith(BASE) for name in answer["prefixes"].keys() - PREFIXES.keys())
    assert len(terms) == len(answer["terms"])
    assert terms["iq:coordinatedBy"][:3] == ["property", "wird koordiniert von", "coordinated by"]
    assert terms["iq:Offer"][:3] == ["class", "Angebot", "offer"]
    assert terms["id:hessen"][:3] == ["thing", "Hessen", "Hesse"]
    assert terms["dcat:startDate"][0] == "property"
    assert not any("checksum" in name and name.startswith("id:") for name in terms)


def test_terms_have_classes(client: FlaskClient) -> None:
    """A property has the classes of its subjects and objects, a thing its own classes."""
    terms = {name: rest for name, *rest in json.loads(client.get("/sparql/terms.json").data)["terms"]}
    of, to = terms["iq:fundedBy"][-2:]

    assert "iq:RegionalNetwork" in of
    assert "org:Organization" in to
    assert "iq:LegalAct" not in of
    assert "iq:Offer" in terms["id:moab"][-2]
    assert terms["iq:Offer"][-1] == []


@pytest.mark.parametrize(("word", "term"), [("Organisation", "org:Organization"), ("Gesetz", "iq:LegalAct")])
def test_classes_have_the_words_of_readers(client: FlaskClient, word: str, term: str) -> None:
    """Also classes of other vocabularies, and those with a technical label."""
    terms = {name: rest for name, *rest in json.loads(client.get("/sparql/terms.json").data)["terms"]}

    assert word in (*terms[term][1:3], *terms[term][3])


def test_other_terms(tmp_path: Path) -> None:
    """Other data brings its own prefixes and terms."""
    answer = json.loads(
        site_of(tmp_path, "@prefix a: <http://a.example/> . a:s a a:C ; a:p 1 .").get("/sparql/terms.json").data
    )

    assert answer["prefixes"]["a"] == "http://a.example/"
    uses = {name: use for name, use, *_ in answer["terms"]}
    assert uses == {"a:p": "property", "a:C": "class", "a:s": "thing"}


def test_large_files_have_no_terms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only their prefixes."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    answer = site_of(tmp_path, "@prefix x: <http://x/> . x:a x:b x:c .").get("/sparql/terms.json").json

    assert answer == {"base": "", "prefixes": {"x": "http://x/"}, "terms": []}
