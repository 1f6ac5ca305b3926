"""Settings: who publishes, from the environment, and clear words about what cannot be."""

import pytest

from iqgraph.errors import CallError
from iqgraph.settings import Settings


def test_nothing_set_names_nobody() -> None:
    """Without variables there is no publisher, no contact and no contributor."""
    assert Settings.read({}) == Settings() == Settings("", "", "", "")


def test_all_set() -> None:
    """Each variable is read, without the white space around and inside that a shell may leave."""
    environment = {
        "IQGRAPH_PUBLISHER": "  Amt\n für Daten ",
        "IQGRAPH_PUBLISHER_IRI": "https://amt.example/#amt",
        "IQGRAPH_CONTACT": "daten@amt.example",
        "IQGRAPH_CONTRIBUTOR": "http://dcat-ap.de/def/contributors/hessen",
        "IQGRAPH_OTHER": "x",
    }

    assert Settings.read(environment) == Settings(
        "Amt für Daten",
        "https://amt.example/#amt",
        "mailto:daten@amt.example",
        "http://dcat-ap.de/def/contributors/hessen",
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("a@b.example", "mailto:a@b.example"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://b.example/kontakt?x=1", "https://b.example/kontakt?x=1"),
        ("https://b.example", "https://b.example"),
    ],
)
def test_contacts(given: str, read: str) -> None:
    """An address of mail or of the web."""
    assert Settings.read({"IQGRAPH_CONTACT": given}).contact == read


@pytest.mark.parametrize(
    "environment",
    [
        {"CONTACT": "call us"},
        {"CONTACT": "ftp://b.example/"},
        {"CONTACT": "mailto:"},
        {"CONTACT": "https://"},
        {"CONTACT": "https://b.example/<x>"},
        {"PUBLISHER": "Amt", "PUBLISHER_IRI": "urn:amt"},
        {"PUBLISHER": "Amt", "PUBLISHER_IRI": "amt"},
        {"PUBLISHER_IRI": "https://amt.example/"},
        {"CONTRIBUTOR": "https://amt.example/"},
        {"CONTRIBUTOR": "hessen"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(environment: dict[str, str]) -> None:
    """The sentence names the variable that has to be changed."""
    with pytest.raises(CallError, match=f"IQGRAPH_{list(environment)[-1]}"):
        Settings.read({f"IQGRAPH_{name}": value for name, value in environment.items()})
