"""Titles and descriptions: how what is published describes itself, in German and English."""

from ..bilingual import Text

TITLE = Text("Wissensgraph IQ Hessen", "IQ Hessen Knowledge Graph")
DESCRIPTION = Text(
    "Ein Wissensgraph des Förderprogramms IQ und seines regionalen Netzwerks in Hessen, in dem jede Aussage zu der "
    "Textstelle, der amtlichen Quelle oder der Regel führt, die sie trägt.",
    "A knowledge graph of the IQ funding programme and its regional network in Hesse, in which every statement leads "
    "to the passage, the official source or the rule that carries it.",
)
PROVENANCE = Text(
    "Aus einem Fachartikel von Hand erschlossen und mit anderen Quellen verglichen. Der Artikel selbst gehört nicht "
    "dazu, nur die Lage und die Prüfsummen seiner Textstellen; die Rechte an ihm sind unberührt.",
    "Drawn from one article by hand and compared with other sources. The article itself is not part of it, only the "
    "positions and checksums of its passages; the rights in it are untouched.",
)
KEYWORDS = (
    Text("Anerkennung von Berufsqualifikationen", "recognition of professional qualifications"),
    Text("Arbeitsmarktintegration", "labour market integration"),
    Text("Fachkräfteeinwanderung", "skilled immigration"),
    Text("Förderprogramm IQ", "IQ funding programme"),
    Text("Herkunft von Aussagen", "provenance"),
    Text("Hessen", "Hesse"),
    Text("verknüpfte Daten", "linked data"),
    Text("Wissensgraph", "knowledge graph"),
)
OF_ONTOLOGY = Text("Ontologie des Wissensgraphen IQ Hessen", "Ontology of the IQ Hessen Knowledge Graph")
ABOUT_ONTOLOGY = Text(
    "Die Klassen, Eigenschaften und Begriffe, mit denen der Wissensgraph beschrieben ist, auf Deutsch und Englisch.",
    "The classes, properties and concepts that the knowledge graph is written in, in German and English.",
)
OF_OTHERS = Text("Die Dateien dieses Dienstes", "The files of this service")
ABOUT_OTHERS = Text(
    "Die Dateien, mit denen dieser Dienst gestartet wurde. Über ihre Herkunft und Lizenz sagt er nichts.",
    "The files that this service was started with. It says nothing of their origin and licence.",
)
CATALOGUE = Text("Katalog des Wissensgraphen IQ Hessen", "Catalogue of the IQ Hessen Knowledge Graph")
ABOUT_CATALOGUE = Text(
    "Der Wissensgraph IQ Hessen, seine Ontologie und seine Prüfregeln, mit allen Dateien und dem SPARQL-Endpunkt.",
    "The IQ Hessen Knowledge Graph, its ontology and its shapes, with all files and the SPARQL endpoint.",
)
CATALOGUE_OF_OTHERS = Text("Katalog dieses Dienstes", "Catalogue of this service")
ABOUT_CATALOGUE_OF_OTHERS = Text(
    "Die Dateien, mit denen dieser Dienst gestartet wurde, und der SPARQL-Endpunkt dazu.",
    "The files that this service was started with, and the SPARQL endpoint for them.",
)
SERVICE = Text("SPARQL-Endpunkt", "SPARQL endpoint")
ABOUT_SERVICE = Text(
    "Beantwortet Abfragen nach dem SPARQL-1.1-Protokoll mit GET und POST; die Daten sind dort nicht änderbar.",
    "Answers queries by the SPARQL 1.1 Protocol, with GET and POST; the data cannot be changed there.",
)
WITH_GRAPHS = Text("Die Aussagen in ihren benannten Graphen.", "The statements in their named graphs.")
AS_ONE_GRAPH = Text(
    "Dieselben Aussagen als ein Graph ohne Wiederholung.",
    "The same statements as one graph without repetition.",
)
DESCRIPTION_OF_DATA = Text("Was die Daten umfassen", "What the data holds")
RESULT = Text(
    "Ergebnis einer Abfrage an den Wissensgraphen IQ Hessen", "Result of a query to the IQ Hessen Knowledge Graph"
)
