"""Titles and descriptions: how what is published describes itself, in German and English."""

from ..bilingual import Text

TITLE = Text(de="Wissensgraph IQ Hessen", en="IQ Hessen Knowledge Graph")
DESCRIPTION = Text(
    de="Ein Wissensgraph des Förderprogramms IQ und seines regionalen Netzwerks in Hessen, in dem jede Aussage zu der "
    "Textstelle, der anderen Quelle oder der Regel führt, die sie trägt.",
    en="A knowledge graph of the IQ funding programme and its regional network in Hesse, in which every "
    "statement leads "
    "to the passage, the other source or the rule that carries it.",
)
PROVENANCE = Text(
    de="Aus einem Fachartikel von Hand erschlossen und mit anderen Quellen verglichen. Der Artikel selbst gehört nicht "
    "dazu, nur die Lage und die Prüfsummen seiner Textstellen; die Rechte an ihm sind unberührt.",
    en="Drawn from one article by hand and compared with other sources. The article itself is not part of it, only the "
    "positions and checksums of its passages; the rights in it are untouched.",
)
KEYWORDS = (
    Text(de="Anerkennung von Berufsqualifikationen", en="recognition of professional qualifications"),
    Text(de="Arbeitsmarktintegration", en="labour market integration"),
    Text(de="Fachkräfteeinwanderung", en="skilled immigration"),
    Text(de="Förderprogramm IQ", en="IQ funding programme"),
    Text(de="Herkunft von Aussagen", en="provenance"),
    Text(de="Hessen", en="Hesse"),
    Text(de="verknüpfte Daten", en="linked data"),
    Text(de="Wissensgraph", en="knowledge graph"),
)
OF_ONTOLOGY = Text(de="Ontologie des Wissensgraphen IQ Hessen", en="Ontology of the IQ Hessen Knowledge Graph")
ABOUT_ONTOLOGY = Text(
    de="Die Klassen, Eigenschaften und Begriffe, mit denen der Wissensgraph beschrieben ist, auf Deutsch und Englisch.",
    en="The classes, properties and concepts that the knowledge graph is written in, in German and English.",
)
OF_OTHERS = Text(de="Die Dateien dieses Dienstes", en="The files of this service")
ABOUT_OTHERS = Text(
    de="Die Dateien, mit denen dieser Dienst gestartet wurde. Über ihre Herkunft und Lizenz sagt er nichts.",
    en="The files that this service was started with. It says nothing of their origin and licence.",
)
CATALOGUE = Text(de="Katalog des Wissensgraphen IQ Hessen", en="Catalogue of the IQ Hessen Knowledge Graph")
ABOUT_CATALOGUE = Text(
    de="Der Wissensgraph IQ Hessen, seine Ontologie und seine Prüfregeln, mit allen Dateien und dem SPARQL-Endpunkt.",
    en="The IQ Hessen Knowledge Graph, its ontology and its shapes, with all files and the SPARQL endpoint.",
)
CATALOGUE_OF_OTHERS = Text(de="Katalog dieses Dienstes", en="Catalogue of this service")
ABOUT_CATALOGUE_OF_OTHERS = Text(
    de="Die Dateien, mit denen dieser Dienst gestartet wurde, und der SPARQL-Endpunkt dazu.",
    en="The files that this service was started with, and the SPARQL endpoint for them.",
)
SERVICE = Text(de="SPARQL-Endpunkt", en="SPARQL endpoint")
ABOUT_SERVICE = Text(
    de="Beantwortet Abfragen nach dem SPARQL-1.1-Protokoll mit GET und POST; die Daten sind dort nicht änderbar.",
    en="Answers queries by the SPARQL 1.1 Protocol, with GET and POST; the data cannot be changed there.",
)
WITH_GRAPHS = Text(de="Die Aussagen in ihren benannten Graphen.", en="The statements in their named graphs.")
AS_ONE_GRAPH = Text(
    de="Dieselben Aussagen als ein Graph ohne Wiederholung.",
    en="The same statements as one graph without repetition.",
)
DESCRIPTION_OF_DATA = Text(de="Was die Daten umfassen", en="What the data holds")
RESULT = Text(
    de="Ergebnis einer Abfrage an den Wissensgraphen IQ Hessen", en="Result of a query to the IQ Hessen Knowledge Graph"
)
