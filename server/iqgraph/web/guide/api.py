"""The interface of the server in one table: every address, its parameters and forms, in both languages.

The page, the OpenAPI description and the text for agents are made of it; a test compares it with the routes.
"""

import re
from dataclasses import dataclass

from ...formats import RDF_FORMATS, of_kind
from ...terms import BASE

RESULTS = tuple(form.media_type for form in of_kind("results"))
RDF = tuple(form.media_type for form in RDF_FORMATS)
HTML, TEXT, JSON = "text/html", "text/plain", "application/json"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, what it does, and a value to try; those in braces in the path are part of it."""

    name: str
    german: str
    english: str
    example: str = ""
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Address:
    """One or more paths that are asked in the same way.

    `forms` are the media types of an answer that is no problem, `accepted` those of a posted body; an address is `ours`
    if only the bundled graph has it.
    """

    paths: tuple[str, ...]
    german: str
    english: str
    forms: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    accepted: tuple[str, ...] = ()
    ours: bool = False

    def inside(self, path: str) -> list[Parameter]:
        """The parameters that one of the paths has in itself, in their order."""
        known = {one.name: one for one in self.parameters if one.place == "path"}
        return [known[name] for name in NAME.findall(path)]

    @property
    def asked(self) -> list[Parameter]:
        """The parameters behind the question mark."""
        return [one for one in self.parameters if one.place == "query"]

    @property
    def examples(self) -> list[str]:
        """The paths with a value for each of their parameters."""
        values = {one.name: one.example for one in self.parameters if one.place == "path"}
        return [NAME.sub(lambda found: values[found[1]], path) for path in self.paths]


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that serve one purpose."""

    german: str
    english: str
    addresses: tuple[Address, ...]


def _inside(name: str, german: str, english: str, example: str) -> Parameter:
    return Parameter(name, german, english, example, "path")


FORMAT = Parameter("format", "das Format beim Namen", "the format by its name", "csv")
RDF_FORMAT = Parameter("format", FORMAT.german, FORMAT.english, "ttl")
LIST_FORMAT = Parameter("format", FORMAT.german, FORMAT.english, "json")
LANG = Parameter("lang", "die Sprache der Seite, de oder en", "the language of the page, de or en", "de")
ASKED = Parameter("query", "die Abfrage", "the query", "ASK { ?s ?p ?o }")
OTHER_FORMATS = (
    Parameter("output", "dasselbe wie format", "the same as format", "json"),
    Parameter("results", "dasselbe wie format", "the same as format", "json"),
)
GRAPHS = (
    Parameter("default-graph-uri", "ein Graph des Standardgraphen", "a graph of the default graph"),
    Parameter("named-graph-uri", "ein benannter Graph", "a named graph"),
)
EXTENSION = _inside("extension", "Endung einer Form", "file extension of a form", "ttl")
SLUG = _inside("name", "Name des Dings", "name of the thing", "involas")
VERSION = _inside("version", "Nummer einer Version", "number of a version", "0.1.0")

GROUPS = (
    Group(
        "Fragen",
        "Asking",
        (
            Address(
                ("/sparql",),
                "Antwort auf eine SPARQL-Abfrage (SPARQL 1.1 Protocol); ohne Abfrage die Beschreibung des Dienstes.",
                "The answer to a SPARQL query (SPARQL 1.1 Protocol); without a query, the description of the service.",
                (*RESULTS, *RDF, HTML),
                (
                    ASKED,
                    FORMAT,
                    *OTHER_FORMATS,
                    Parameter("timeout", "wie lange man warten will", "how long you are willing to wait", "500ms"),
                    *GRAPHS,
                    Parameter("version", "Version eines kurzen Links", "version of a short link", "0.1.0"),
                    LANG,
                ),
                accepted=(FORM, QUERY),
            ),
            Address(
                ("/q/{code}",),
                "Kurzer Link: führt zur Antwort auf eine Frage oder eine eigene Abfrage, im gewünschten Format.",
                "A short link: leads to the answer to a question or a query of your own, in the format that is asked.",
                (*RESULTS, HTML),
                (
                    _inside(
                        "code",
                        "Name einer Frage oder ~ und die gepackte Abfrage",
                        "name of a question, or ~ and the packed query",
                        "who-coordinates-the-network",
                    ),
                    FORMAT,
                    Parameter("version", "Version, für die der Link gemacht ist", "version that it was made for"),
                    LANG,
                ),
            ),
            Address(
                ("/sparql/terms.json",),
                "Präfixe und Begriffe mit deutschen und englischen Bezeichnungen, für Editoren.",
                "Prefixes, and terms with German and English labels, for editors.",
                (JSON,),
            ),
            Address(
                ("/graph-store",),
                "Ein Graph als Ganzes (Graph Store HTTP Protocol, nur lesend): der benannte oder der Standardgraph.",
                "A graph as a whole (Graph Store HTTP Protocol, reading only): the named one or the default graph.",
                RDF,
                (
                    Parameter("graph", "IRI des Graphen", "IRI of the graph"),
                    Parameter("default", "ohne Wert: der Standardgraph", "without a value: the default graph"),
                    RDF_FORMAT,
                    *OTHER_FORMATS,
                ),
            ),
            Address(
                ("/describe", "/describe.{extension}"),
                "Was der Graph über irgendeine IRI sagt.",
                "What the graph says of any IRI.",
                (*RDF, HTML),
                (
                    EXTENSION,
                    Parameter("uri", "die IRI", "the IRI", f"{BASE}id/involas"),
                    RDF_FORMAT,
                    LANG,
                ),
            ),
        ),
    ),
    Group(
        "Dinge und Begriffe",
        "Things and terms",
        (
            Address(
                tuple(f"/{kind}/{{name}}" for kind in ("id", "concept", "passage", "graph", "query", "rule")),
                "Die IRIs der Dinge: führen mit 303 zum Dokument über das Ding. Mit einer Endung (.html .ttl .nt .rdf "
                ".jsonld .trig .nq) ist es das Dokument selbst.",
                "The IRIs of things: lead with 303 to the document about the thing. With an extension (.html .ttl .nt "
                ".rdf .jsonld .trig .nq) it is the document itself.",
                (*RDF, HTML),
                (SLUG, LANG),
            ),
            Address(
                ("/ontology", "/shapes", "/ontology.{extension}", "/shapes.{extension}"),
                "Die Ontologie und die Regeln der Prüfung (SHACL).",
                "The ontology, and the rules of the validation (SHACL).",
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/ontology/{version}",),
                "Die Ontologie einer Version.",
                "The ontology of a version.",
                (*RDF, HTML),
                (VERSION,),
                ours=True,
            ),
            Address(
                ("/context.jsonld",),
                "Die Namen, die JSON-LD-Dokumente verwenden.",
                "The names that JSON-LD documents use.",
                ("application/ld+json",),
                ours=True,
            ),
            Address(
                ("/np/{code}", "/np/{code}.trig"),
                "Eine Nanopublikation: was eine Textstelle sagt, mit Herkunft und Lizenz.",
                "A nanopublication: what a passage says, with its origin and licence.",
                ("application/trig",),
                (_inside("code", "Prüfcode der Nanopublikation", "code of the nanopublication", ""),),
                ours=True,
            ),
        ),
    ),
    Group(
        "Alle Daten",
        "All data",
        (
            Address(("/download/",), "Liste aller Dateien.", "A list of all files.", (HTML,), (LANG,)),
            Address(
                ("/download/{name}",),
                "Eine Datei, auch in Teilen (Range) oder nur wenn sie neu ist (If-None-Match).",
                "A file, also in parts (Range) or only if it is new (If-None-Match).",
                (*RDF, TEXT, "application/gzip", "application/zstd"),
                (_inside("name", "Name der Datei", "name of the file", "iq-hessen.ttl"),),
            ),
            Address(
                ("/catalog", "/catalog.{extension}", "/dataset", "/dataset.{extension}"),
                "Der Katalog: was veröffentlicht ist (DCAT-AP.de).",
                "The catalogue: what is published (DCAT-AP.de).",
                (*RDF, HTML),
                (EXTENSION, LANG),
            ),
            Address(
                ("/void", "/void.{extension}", "/.well-known/void"),
                "Die Daten in Zahlen (VoID).",
                "The data in numbers (VoID).",
                (*RDF, HTML),
                (EXTENSION, LANG),
            ),
            Address(
                ("/links", "/links.{extension}"),
                "Alle Verknüpfungen mit anderen Daten, als Seite oder Tabelle.",
                "All links to other data, as a page or a table.",
                (*RESULTS, HTML),
                (_inside("extension", "Endung einer Form", "file extension of a form", "csv"), LANG),
                ours=True,
            ),
            Address(
                ("/validation", "/validation.{extension}"),
                "Der SHACL-Bericht über die ausgelieferten Daten.",
                "The SHACL report on the data that is served.",
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/cite", "/cite.{extension}"),
                "Wie die Daten oder eine Antwort zu zitieren sind.",
                "How to cite the data or an answer.",
                (TEXT, "application/x-bibtex", "application/x-research-info-systems", JSON, "application/yaml", HTML),
                (
                    _inside("extension", "txt, bib, ris, json oder cff", "txt, bib, ris, json or cff", "bib"),
                    ASKED,
                    *GRAPHS,
                    Parameter("date", "Tag des Abrufs", "day of access", "2026-01-31"),
                    LANG,
                ),
                ours=True,
            ),
        ),
    ),
    Group(
        "Versionen",
        "Versions",
        (
            Address(
                ("/version/", "/version.{extension}"),
                "Alle Versionen.",
                "All versions.",
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/version/{version}", "/version/{version}/"),
                "Eine Version, oder mit 0.1.0..0.2.0 was sich zwischen zweien geändert hat (RDF Patch).",
                "A version or, with 0.1.0..0.2.0, what changed between two (RDF Patch).",
                (*RDF, "application/rdf-patch", HTML),
                (VERSION, LANG),
                ours=True,
            ),
            Address(
                ("/version/{version}/{path}",),
                "Die Seiten, Dateien und der Endpunkt einer Version.",
                "The pages, files and the endpoint of a version.",
                (*RESULTS, *RDF, HTML),
                (VERSION, _inside("path", "Pfad wie ohne Version", "the path as without a version", "id/involas")),
                ours=True,
            ),
            Address(
                ("/timemap/{path}",),
                "Alle Zustände eines Dings (Memento, RFC 7089).",
                "All states of a thing (Memento, RFC 7089).",
                ("application/link-format", JSON),
                (_inside("path", "Pfad des Dings", "path of the thing", "id/involas"), LIST_FORMAT),
                ours=True,
            ),
        ),
    ),
    Group(
        "Seiten für Menschen",
        "Pages for people",
        (
            Address(("/",), "Startseite.", "The start page.", (HTML,), (LANG,)),
            Address(
                ("/explore",),
                "Suchen und eingrenzen.",
                "Search and narrow down.",
                (HTML,),
                (
                    Parameter("q", "Wörter oder Wortteile", "words or parts of words", "beratung"),
                    Parameter("kind", "Art des Dings", "kind of thing", "offer"),
                    Parameter("period", "Förderperiode", "funding period"),
                    Parameter("place", "Ort", "place", "hessen"),
                    Parameter("theme", "Thema", "theme"),
                    Parameter("organisation", "Organisation", "organisation", "involas"),
                    Parameter("page", "Seite der Treffer", "page of the results", "1"),
                    LANG,
                ),
                ours=True,
            ),
            Address(
                ("/document", "/document/{name}"),
                "Das Dokument als Blöcke, mit dem, was jede Textstelle trägt.",
                "The document as blocks, with what each passage carries.",
                (HTML,),
                (_inside("name", "Name des Dokuments", "name of the document", "11-jahre-iq"), LANG),
            ),
            Address(
                ("/about", "/quality"),
                "Woher der Graph kommt, und wie gut er ist.",
                "Where the graph comes from, and how good it is.",
                (HTML,),
                (LANG,),
                ours=True,
            ),
            Address(
                ("/how-to", "/how-to/{name}"),
                "Anleitungen.",
                "How-to pages.",
                (HTML,),
                (_inside("name", "Name der Anleitung", "name of the page", "api"), LANG),
            ),
            Address(
                ("/how-to/python.ipynb", "/how-to/python/{picture}.png", "/how-to/linking.md"),
                "Das Notebook mit seinen Bildern, und die Rezepte zum Verknüpfen als Markdown.",
                "The notebook with its pictures, and the linking recipes as Markdown.",
                ("application/x-ipynb+json", "image/png", "text/markdown"),
                (_inside("picture", "Nummer des Bildes", "number of the picture", "1"), LANG),
                ours=True,
            ),
            Address(
                ("/problem/{slug}",),
                "Was eine Art von Fehler bedeutet (RFC 9457).",
                "What a kind of error means (RFC 9457).",
                (HTML,),
                (_inside("slug", "Art des Fehlers", "kind of error", "too-expensive"), LANG),
            ),
        ),
    ),
    Group(
        "Der Dienst selbst",
        "The service itself",
        (
            Address(
                ("/openapi.json",), "Diese Tabelle nach OpenAPI 3.1.", "This table as OpenAPI 3.1.", (JSON,), (LANG,)
            ),
            Address(("/llms.txt",), "Dasselbe für Sprachmodelle.", "The same for language models.", (TEXT,)),
            Address(("/health",), "Der Prozess lebt.", "The process is up.", (JSON,)),
            Address(("/ready",), "Die Daten sind geladen.", "The data is loaded.", (JSON,)),
            Address(("/metrics",), "Zähler für Prometheus.", "Counters for Prometheus.", (TEXT,)),
            Address(
                ("/robots.txt", "/sitemap.xml"),
                "Was Suchmaschinen zuerst holen.",
                "What search engines ask for first.",
                (TEXT, "application/xml"),
            ),
        ),
    ),
)
HEADERS = (
    Parameter(
        "Accept",
        "das Format, mit q-Werten und Platzhaltern; passt nichts: 406 mit der Liste der Formate",
        "the format, with q-values and wildcards; if nothing fits: 406 with the list of formats",
        "text/csv",
        "header",
    ),
    Parameter("Accept-Language", "die Sprache der Seiten", "the language of pages", "de", "header"),
    Parameter(
        "Accept-Datetime",
        "an einem Ding: was an diesem Tag galt (Memento)",
        "at a thing: what held on that day (Memento)",
        "Tue, 31 Mar 2026 12:00:00 GMT",
        "header",
    ),
    Parameter(
        "If-None-Match",
        "der ETag der letzten Antwort; 304, wenn sie noch gilt",
        "the ETag of the last answer; 304 if it still holds",
        "",
        "header",
    ),
)


def groups(*, ours: bool) -> list[Group]:
    """The table for our own graph, or for somebody's files."""
    chosen = [(one, tuple(each for each in one.addresses if ours or not each.ours)) for one in GROUPS]
    return [Group(one.german, one.english, addresses) for one, addresses in chosen if addresses]
