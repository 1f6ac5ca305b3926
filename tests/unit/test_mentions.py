"""The mentions of things in a text."""

from pathlib import Path

import pytest

from iqgraph.authoring.mentions import Lexicon
from iqgraph.dataset import load
from iqgraph.resources import Sources
from tiny import HEAD, put

LABELS = """
g:S01 {
    id:letter iq:theme concept:counselling , concept:funding , concept:page , concept:women , concept:qualification .
    id:letter iq:theme concept:labour-market-integration , concept:recognition-counselling .
    concept:unused skos:prefLabel "Reise"@de .
    concept:labour-market-integration skos:prefLabel "Arbeitsmarktintegration"@de , "labour-market integration"@en .
    concept:recognition-counselling skos:prefLabel "Anerkennungsberatung"@de .
    concept:counselling skos:prefLabel "Beratung"@de .
    concept:funding skos:prefLabel "Förderung"@de , "funding"@en .
    concept:networking skos:prefLabel "networking"@en .
    id:letter iq:theme concept:networking .
    concept:page skos:prefLabel "Seite"@de .
    concept:land skos:prefLabel "Land"@de .
    concept:rounded skos:prefLabel "gerundet"@de .
    concept:nursing skos:prefLabel "Pflege"@de .
    concept:chamber skos:prefLabel "Kammer oder Zunft"@de .
    concept:participant skos:prefLabel "teilnehmende Person"@de .
    id:letter iq:theme concept:land , concept:rounded , concept:nursing , concept:chamber , concept:participant .
    id:networks skos:prefLabel "IQ Netzwerke"@de .
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
    id:span-2005-2007 skos:prefLabel "2005 bis 2007"@de .
    id:network skos:prefLabel "Netzwerk"@de .
}
"""

ENGLISH = """
    id:letter iq:theme concept:federal , concept:recognition .
    concept:federal skos:prefLabel "federal"@en .
    concept:recognition skos:prefLabel "recognition"@en .
    concept:counselling skos:prefLabel "counselling"@en .
    concept:recognition-counselling skos:prefLabel "recognition counselling"@en .
    id:sub-projects skos:prefLabel "sub-projects"@en .
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
        ("Die Agentur für Arbeit Hessen hilft.", ["hessen"]),
        ("Die BA berät seit 2006.", ["ba", "counselling"]),
        ("Seit 2005 fördert der ESF, und der ESF+ später.", ["esf", "esf-plus", "funding", "since-2005"]),
        ("Es war 2005.", ["year-2005"]),
        ("Gefördert wird das hessische Netzwerk.", ["funding", "hessen", "network"]),
        ("Das gibt es hessenweit.", ["hessen"]),
        ("Es heißt Integration durch Qualifizierung.", ["iq"]),
        ("Seit 2006 gibt es die IQ-Qualifizierung.", ["iq", "qualification"]),
        ("Auf Seiten der Netzwerke steht Ben.", ["ben", "network", "page"]),
        ("Ein Brief zum Thema ba, mit Gruß.", []),
        ("Die Anerkennungsberatung hilft.", ["recognition-counselling"]),
        ("Es gibt Beratungs- und Qualifizierungsangebote.", ["counselling", "qualification"]),
        ("Von 2005-2008 und 2005 bis 2007.", ["span-2005-2007"]),
        ("Zwischen 2005 und 2007 war Ruhe, 2005 und 2009 nicht.", ["span-2005-2007", "year-2005"]),
        ("An der Förde gibt es ein Qualifikationsziel.", []),
        ("Pflegeberufe kennt die Handwerkskammer, das Ausland nicht.", ["chamber", "nursing"]),
        ("Die Zunft lud die Teilnehmenden ein.", ["chamber", "participant"]),
        ("Das IQ Netzwerk hilft den IQ Netzwerken.", ["iq", "network", "networks"]),
        ("Im Mai 2005 begann „Gute Beratung“, am 14.05.2005.", []),
        ("Fo\u0308rde\u00adrung gibt es.", ["funding"]),
        ("Eine gute Reise!", []),
        ("Rund um die Uhr, also rund 20, nicht gerundete Stunden.", ["rounded"]),
        ("Rund um die Uhr, also rund 20 Stunden.", []),
        ("Frau Dr. Eva Schmidt hilft Frauen.", ["women"]),
        ("Frau Dr. Eva Schmidt hilft.", []),
    ],
)
def test_known_things(lexicon: Lexicon, text: str, things: list[str]) -> None:
    """Inflected and derived words, names within names, acronyms; no titles of documents and sections."""
    assert sorted(thing.value.rpartition("/")[2] for thing in lexicon.mentions(text)) == things


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Der Verein Bad Ems e. V. und das BAMF beraten.", ["Verein Bad Ems e. V.", "BAMF"]),
        ("Die Agentur für Arbeit und die IQ-Beratung.", []),
        ("Eine gute Beratung hilft der GmbH.", []),
        ("Träger ist der Grünschnitt e. V. mit Sitz in Bad Ems.", ["Grünschnitt e. V.", "Bad Ems"]),
        ("Es heißt „Gartenwerk Hessen“, nicht „Integration durch Qualifizierung“.", ["Gartenwerk Hessen"]),
        ("Das Institut für Gartenforschung hilft.", ["Institut für Gartenforschung"]),
        ("Die Agentur für Arbeit Hessen rät.", ["Agentur für Arbeit Hessen"]),
        ("Es gibt Kurse für Anfänger.", []),
        ("Am 14. Mai 2005 begann es, am 3.6.2005 endete es.", ["14. Mai 2005", "3.6.2005"]),
        ("Bis Ende 2005 gab es fünf Jahre Beratung.", []),
        ("Sie kam von der Lernwerk Ems gGmbH.", ["Lernwerk Ems gGmbH"]),
        ("Sie kam von 2005-2008.", ["2005–2008"]),
        ('Es heißt "Integration durch Qualifizierung (IQ)".', []),
        ("Es rät Frau Dr. Eva Schmidt.", ["Eva Schmidt"]),
    ],
)
def test_new_names(lexicon: Lexicon, text: str, names: list[str]) -> None:
    """Capitalised words in a row, or acronyms, that are no label."""
    assert lexicon.names(text) == names


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("It is funded in Hesse.", ["funding", "hessen"]),
        ("The funders of two networks meet.", []),
        ("Networking is all.", ["networking"]),
        ("Labor-market integration works.", ["labour-market-integration"]),
        ("The Funding Agency helps, and Networking is all.", ["networking"]),
        ("Funding and Networking", ["funding", "networking"]),
        ("Funding Networking", ["funding", "networking"]),
        ("Funding helps.", ["funding"]),
        ("A federal state gives counseling to subprojects.", ["counselling", "sub-projects"]),
        ("Recognition counselling helps.", ["recognition-counselling"]),
        ("Recognition and counselling help.", ["counselling", "recognition"]),
    ],
)
def test_known_things_of_an_english_text(sources: Sources, tmp_path: Path, text: str, things: list[str]) -> None:
    """Verbs mention activities but not agents; names and longer concepts match as a whole."""
    put(tmp_path, "data/letter/labels.trig", HEAD + LABELS.replace("g:S01 {", f"g:S01 {{ {ENGLISH}"))
    mentions = Lexicon(load(sources=sources), "en").mentions(text)

    assert sorted(thing.value.rpartition("/")[2] for thing in mentions) == things
