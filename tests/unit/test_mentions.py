"""What a text may speak of."""

from pathlib import Path

import pytest

from iqgraph.authoring.mentions import Lexicon
from iqgraph.dataset import load
from iqgraph.resources import Sources
from tiny import HEAD, put

LABELS = """
g:S01 {
    concept:counselling skos:prefLabel "Beratung"@de .
    concept:funding skos:prefLabel "Förderung"@de .
    concept:page skos:prefLabel "Seite"@de .
    concept:women skos:prefLabel "Frauen"@de .
    concept:qualification skos:prefLabel "Qualifizierung"@de .
    id:ba skos:prefLabel "Agentur für Arbeit"@de ; iq:acronym "BA"@de .
    id:hessen skos:prefLabel "Hessen"@de ; skos:prefLabel "Hesse"@en .
    id:iq skos:prefLabel "Integration durch Qualifizierung"@de ; iq:acronym "IQ"@de .
    id:esf skos:prefLabel "ESF"@de .
    id:esf-plus skos:prefLabel "ESF+"@de .
    id:letter a iq:Document ; skos:prefLabel "Brief"@de .
    id:letter-section-1 a iq:Section ; skos:prefLabel "Gruß"@de .
    id:since-2005 skos:prefLabel "seit 2005"@de .
    id:year-2005 skos:prefLabel "2005"@de .
    id:network skos:prefLabel "Netzwerk"@de .
}
"""


@pytest.fixture
def lexicon(sources: Sources, tmp_path: Path) -> Lexicon:
    """The labels of a few things."""
    put(tmp_path, "data/letter/labels.trig", HEAD + LABELS)
    return Lexicon(load(sources=sources), "de")


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("Die Agenturen für Arbeit beraten.", ["ba", "counselling"]),
        ("Die BA berät seit 2006.", ["ba", "counselling"]),
        ("Seit 2005 fördert der ESF, und der ESF+ später.", ["esf", "esf-plus", "funding", "since-2005"]),
        ("Es war 2005.", ["year-2005"]),
        ("Gefördert wird das hessische Netzwerk.", ["funding", "hessen", "network"]),
        ("Das gibt es hessenweit.", ["hessen"]),
        ("Es heißt Integration durch Qualifizierung.", ["iq"]),
        ("Seit 2006 gibt es die IQ-Qualifizierung.", ["iq", "qualification"]),
        ("Auf Seiten der Netzwerke steht Ben.", ["ben", "network", "page"]),
        ("Ein Brief zum Thema ba, mit Gruß.", []),
        ("Frau Dr. Eva Schmidt hilft Frauen.", ["women"]),
        ("Frau Dr. Eva Schmidt hilft.", []),
    ],
)
def test_known_things(lexicon: Lexicon, text: str, things: list[str]) -> None:
    """Inflected and derived words, names within names, acronyms; no titles of documents and sections."""
    assert sorted(mention.thing.value.rpartition("/")[2] for mention in lexicon.mentions(text)) == things


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Der Verein Bad Ems e. V. und das BAMF beraten.", ["Verein Bad Ems e. V.", "BAMF"]),
        ("Die Agentur für Arbeit und die IQ-Beratung.", []),
        ("Eine gute Beratung hilft der GmbH.", []),
        ("Träger ist der Grünschnitt e. V. mit Sitz in Bad Ems.", ["Grünschnitt e. V.", "Bad Ems"]),
        ("Es heißt „Gartenwerk Hessen“, nicht „Integration durch Qualifizierung“.", ["Gartenwerk Hessen"]),
        ("Das Institut für Gartenforschung hilft.", ["Institut für Gartenforschung"]),
        ("Es gibt Kurse für Anfänger.", []),
        ("Am 14. Mai 2005 begann es.", ["14. Mai 2005"]),
        ("Es rät Frau Dr. Eva Schmidt.", ["Eva Schmidt"]),
    ],
)
def test_new_names(lexicon: Lexicon, text: str, names: list[str]) -> None:
    """Names are words with capitals side by side, or acronyms, that nothing is called by."""
    assert lexicon.names(text) == names
