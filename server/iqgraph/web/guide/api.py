"""The interface of the server in one table: every address, its parameters and forms, in both languages.

The page, the OpenAPI description and the text for agents are made of it; a test compares it with the routes.
"""

import re
from dataclasses import dataclass

from ...bilingual import Text
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
    description: Text
    example: str = ""
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Address:
    """One or more paths that are asked in the same way.

    `forms` are the media types of an answer that is no problem, `accepted` those of a posted body; an address is `ours`
    if only the bundled graph has it.
    """

    paths: tuple[str, ...]
    description: Text
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

    title: Text
    addresses: tuple[Address, ...]


def _inside(name: str, description: Text, example: str) -> Parameter:
    return Parameter(name, description, example, "path")


FORMAT = Parameter("format", Text(de="das Format beim Namen", en="the format by its name"), "csv")
RDF_FORMAT = Parameter("format", FORMAT.description, "ttl")
LIST_FORMAT = Parameter("format", FORMAT.description, "json")
LANG = Parameter("lang", Text(de="die Sprache der Seite, de oder en", en="the language of the page, de or en"), "de")
ASKED = Parameter("query", Text(de="die Abfrage", en="the query"), "ASK { ?s ?p ?o }")
OTHER_FORMATS = (
    Parameter("output", Text(de="dasselbe wie format", en="the same as format"), "json"),
    Parameter("results", Text(de="dasselbe wie format", en="the same as format"), "json"),
)
GRAPHS = (
    Parameter("default-graph-uri", Text(de="ein Graph des Standardgraphen", en="a graph of the default graph")),
    Parameter("named-graph-uri", Text(de="ein benannter Graph", en="a named graph")),
)
EXTENSION = _inside("extension", Text(de="Endung einer Form", en="file extension of a form"), "ttl")
SLUG = _inside("name", Text(de="Name des Dings", en="name of the thing"), "involas")
VERSION = _inside("version", Text(de="Nummer einer Version", en="number of a version"), "0.1.0")

GROUPS = (
    Group(
        Text(de="Fragen", en="Asking"),
        (
            Address(
                ("/sparql",),
                Text(
                    de="Antwort auf eine SPARQL-Abfrage (SPARQL 1.1 Protocol); ohne Abfrage die "
                    "Beschreibung des Dienstes.",
                    en="The answer to a SPARQL query (SPARQL 1.1 Protocol); without a query, the "
                    "description of the service.",
                ),
                (*RESULTS, *RDF, HTML),
                (
                    ASKED,
                    FORMAT,
                    *OTHER_FORMATS,
                    Parameter(
                        "timeout", Text(de="wie lange man warten will", en="how long you are willing to wait"), "500ms"
                    ),
                    *GRAPHS,
                    Parameter("version", Text(de="Version eines kurzen Links", en="version of a short link"), "0.1.0"),
                    LANG,
                ),
                accepted=(FORM, QUERY),
            ),
            Address(
                ("/q/{code}",),
                Text(
                    de="Kurzer Link: führt zur Antwort auf eine Frage oder eine eigene Abfrage, im gewünschten Format.",
                    en="A short link: leads to the answer to a question or a query of your own, in the "
                    "format that is asked.",
                ),
                (*RESULTS, HTML),
                (
                    _inside(
                        "code",
                        Text(
                            de="Name einer Frage oder ~ und die gepackte Abfrage",
                            en="name of a question, or ~ and the packed query",
                        ),
                        "who-coordinates-the-network",
                    ),
                    FORMAT,
                    Parameter(
                        "version", Text(de="Version, für die der Link gemacht ist", en="version that it was made for")
                    ),
                    LANG,
                ),
            ),
            Address(
                ("/sparql/terms.json",),
                Text(
                    de="Präfixe und Begriffe mit deutschen und englischen Bezeichnungen, für Editoren.",
                    en="Prefixes, and terms with German and English labels, for editors.",
                ),
                (JSON,),
            ),
            Address(
                ("/graph-store",),
                Text(
                    de="Ein Graph als Ganzes (Graph Store HTTP Protocol, nur lesend): der benannte oder "
                    "der Standardgraph.",
                    en="A graph as a whole (Graph Store HTTP Protocol, reading only): the named one or "
                    "the default graph.",
                ),
                RDF,
                (
                    Parameter("graph", Text(de="IRI des Graphen", en="IRI of the graph")),
                    Parameter(
                        "default", Text(de="ohne Wert: der Standardgraph", en="without a value: the default graph")
                    ),
                    RDF_FORMAT,
                    *OTHER_FORMATS,
                ),
            ),
            Address(
                ("/describe", "/describe.{extension}"),
                Text(de="Was der Graph über irgendeine IRI sagt.", en="What the graph says of any IRI."),
                (*RDF, HTML),
                (
                    EXTENSION,
                    Parameter("uri", Text(de="die IRI", en="the IRI"), f"{BASE}id/involas"),
                    RDF_FORMAT,
                    LANG,
                ),
            ),
        ),
    ),
    Group(
        Text(de="Dinge und Begriffe", en="Things and terms"),
        (
            Address(
                tuple(f"/{kind}/{{name}}" for kind in ("id", "concept", "passage", "graph", "query", "rule")),
                Text(
                    de="Die IRIs der Dinge: führen mit 303 zum Dokument über das Ding. Mit einer Endung "
                    "(.html .ttl .nt .rdf "
                    ".jsonld .trig .nq) ist es das Dokument selbst.",
                    en="The IRIs of things: lead with 303 to the document about the thing. With an "
                    "extension (.html .ttl .nt "
                    ".rdf .jsonld .trig .nq) it is the document itself.",
                ),
                (*RDF, HTML),
                (SLUG, LANG),
            ),
            Address(
                ("/ontology", "/shapes", "/ontology.{extension}", "/shapes.{extension}"),
                Text(
                    de="Die Ontologie und die Regeln der Prüfung (SHACL).",
                    en="The ontology, and the rules of the validation (SHACL).",
                ),
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/ontology/{version}",),
                Text(de="Die Ontologie einer Version.", en="The ontology of a version."),
                (*RDF, HTML),
                (VERSION,),
                ours=True,
            ),
            Address(
                ("/context.jsonld",),
                Text(de="Die Namen, die JSON-LD-Dokumente verwenden.", en="The names that JSON-LD documents use."),
                ("application/ld+json",),
                ours=True,
            ),
            Address(
                ("/np/{code}", "/np/{code}.trig"),
                Text(
                    de="Eine Nanopublikation: was eine Textstelle sagt, mit Herkunft und Lizenz.",
                    en="A nanopublication: what a passage says, with its origin and licence.",
                ),
                ("application/trig",),
                (_inside("code", Text(de="Prüfcode der Nanopublikation", en="code of the nanopublication"), ""),),
                ours=True,
            ),
        ),
    ),
    Group(
        Text(de="Alle Daten", en="All data"),
        (
            Address(("/download/",), Text(de="Liste aller Dateien.", en="A list of all files."), (HTML,), (LANG,)),
            Address(
                ("/download/{name}",),
                Text(
                    de="Eine Datei, auch in Teilen (Range) oder nur wenn sie neu ist (If-None-Match).",
                    en="A file, also in parts (Range) or only if it is new (If-None-Match).",
                ),
                (*RDF, TEXT, "application/gzip", "application/zstd"),
                (_inside("name", Text(de="Name der Datei", en="name of the file"), "iq-hessen.ttl"),),
            ),
            Address(
                ("/catalog", "/catalog.{extension}", "/dataset", "/dataset.{extension}"),
                Text(
                    de="Der Katalog: was veröffentlicht ist (DCAT-AP.de).",
                    en="The catalogue: what is published (DCAT-AP.de).",
                ),
                (*RDF, HTML),
                (EXTENSION, LANG),
            ),
            Address(
                ("/void", "/void.{extension}", "/.well-known/void"),
                Text(de="Die Daten in Zahlen (VoID).", en="The data in numbers (VoID)."),
                (*RDF, HTML),
                (EXTENSION, LANG),
            ),
            Address(
                ("/links", "/links.{extension}"),
                Text(
                    de="Alle Verknüpfungen mit anderen Daten, als Seite oder Tabelle.",
                    en="All links to other data, as a page or a table.",
                ),
                (*RESULTS, HTML),
                (_inside("extension", Text(de="Endung einer Form", en="file extension of a form"), "csv"), LANG),
                ours=True,
            ),
            Address(
                ("/validation", "/validation.{extension}"),
                Text(
                    de="Der SHACL-Bericht über die ausgelieferten Daten.",
                    en="The SHACL report on the data that is served.",
                ),
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/cite", "/cite.{extension}"),
                Text(de="Wie die Daten oder eine Antwort zu zitieren sind.", en="How to cite the data or an answer."),
                (TEXT, "application/x-bibtex", "application/x-research-info-systems", JSON, "application/yaml", HTML),
                (
                    _inside(
                        "extension", Text(de="txt, bib, ris, json oder cff", en="txt, bib, ris, json or cff"), "bib"
                    ),
                    ASKED,
                    *GRAPHS,
                    Parameter("date", Text(de="Tag des Abrufs", en="day of access"), "2026-01-31"),
                    LANG,
                ),
                ours=True,
            ),
        ),
    ),
    Group(
        Text(de="Versionen", en="Versions"),
        (
            Address(
                ("/version/", "/version.{extension}"),
                Text(de="Alle Versionen.", en="All versions."),
                (*RDF, HTML),
                (EXTENSION, LANG),
                ours=True,
            ),
            Address(
                ("/version/{version}", "/version/{version}/"),
                Text(
                    de="Eine Version, oder mit 0.1.0..0.2.0 was sich zwischen zweien geändert hat (RDF Patch).",
                    en="A version or, with 0.1.0..0.2.0, what changed between two (RDF Patch).",
                ),
                (*RDF, "application/rdf-patch", HTML),
                (VERSION, LANG),
                ours=True,
            ),
            Address(
                ("/version/{version}/{path}",),
                Text(
                    de="Die Seiten, Dateien und der Endpunkt einer Version.",
                    en="The pages, files and the endpoint of a version.",
                ),
                (*RESULTS, *RDF, HTML),
                (
                    VERSION,
                    _inside("path", Text(de="Pfad wie ohne Version", en="the path as without a version"), "id/involas"),
                ),
                ours=True,
            ),
            Address(
                ("/timemap/{path}",),
                Text(
                    de="Alle Zustände eines Dings (Memento, RFC 7089).", en="All states of a thing (Memento, RFC 7089)."
                ),
                ("application/link-format", JSON),
                (_inside("path", Text(de="Pfad des Dings", en="path of the thing"), "id/involas"), LIST_FORMAT),
                ours=True,
            ),
        ),
    ),
    Group(
        Text(de="Seiten für Menschen", en="Pages for people"),
        (
            Address(("/",), Text(de="Startseite.", en="The start page."), (HTML,), (LANG,)),
            Address(
                ("/explore",),
                Text(de="Suchen und eingrenzen.", en="Search and narrow down."),
                (HTML,),
                (
                    Parameter("q", Text(de="Wörter oder Wortteile", en="words or parts of words"), "beratung"),
                    Parameter("kind", Text(de="Art des Dings", en="kind of thing"), "offer"),
                    Parameter("period", Text(de="Förderperiode", en="funding period")),
                    Parameter("place", Text(de="Ort", en="place"), "hessen"),
                    Parameter("theme", Text(de="Thema", en="theme")),
                    Parameter("organisation", Text(de="Organisation", en="organisation"), "involas"),
                    Parameter("page", Text(de="Seite der Treffer", en="page of the results"), "1"),
                    LANG,
                ),
                ours=True,
            ),
            Address(
                ("/document", "/document/{name}"),
                Text(
                    de="Das Dokument als Blöcke, mit dem, was jede Textstelle trägt.",
                    en="The document as blocks, with what each passage carries.",
                ),
                (HTML,),
                (_inside("name", Text(de="Name des Dokuments", en="name of the document"), "11-jahre-iq"), LANG),
            ),
            Address(
                ("/about", "/quality"),
                Text(
                    de="Woher der Graph kommt, und wie gut er ist.",
                    en="Where the graph comes from, and how good it is.",
                ),
                (HTML,),
                (LANG,),
                ours=True,
            ),
            Address(
                ("/how-to", "/how-to/{name}"),
                Text(de="Anleitungen.", en="How-to pages."),
                (HTML,),
                (_inside("name", Text(de="Name der Anleitung", en="name of the page"), "api"), LANG),
            ),
            Address(
                ("/how-to/python.ipynb", "/how-to/python/{picture}.png", "/how-to/linking.md"),
                Text(
                    de="Das Notebook mit seinen Bildern, und die Rezepte zum Verknüpfen als Markdown.",
                    en="The notebook with its pictures, and the linking recipes as Markdown.",
                ),
                ("application/x-ipynb+json", "image/png", "text/markdown"),
                (_inside("picture", Text(de="Nummer des Bildes", en="number of the picture"), "1"), LANG),
                ours=True,
            ),
            Address(
                ("/problem/{slug}",),
                Text(de="Was eine Art von Fehler bedeutet (RFC 9457).", en="What a kind of error means (RFC 9457)."),
                (HTML,),
                (_inside("slug", Text(de="Art des Fehlers", en="kind of error"), "too-expensive"), LANG),
            ),
        ),
    ),
    Group(
        Text(de="Der Dienst selbst", en="The service itself"),
        (
            Address(
                ("/openapi.json",),
                Text(de="Diese Tabelle nach OpenAPI 3.1.", en="This table as OpenAPI 3.1."),
                (JSON,),
                (LANG,),
            ),
            Address(
                ("/llms.txt",), Text(de="Dasselbe für Sprachmodelle.", en="The same for language models."), (TEXT,)
            ),
            Address(("/health",), Text(de="Der Prozess lebt.", en="The process is up."), (JSON,)),
            Address(("/ready",), Text(de="Die Daten sind geladen.", en="The data is loaded."), (JSON,)),
            Address(("/metrics",), Text(de="Zähler für Prometheus.", en="Counters for Prometheus."), (TEXT,)),
            Address(
                ("/robots.txt", "/sitemap.xml"),
                Text(de="Was Suchmaschinen zuerst holen.", en="What search engines ask for first."),
                (TEXT, "application/xml"),
            ),
        ),
    ),
)
HEADERS = (
    Parameter(
        "Accept",
        Text(
            de="das Format, mit q-Werten und Platzhaltern; passt nichts: 406 mit der Liste der Formate",
            en="the format, with q-values and wildcards; if nothing fits: 406 with the list of formats",
        ),
        "text/csv",
        "header",
    ),
    Parameter("Accept-Language", Text(de="die Sprache der Seiten", en="the language of pages"), "de", "header"),
    Parameter(
        "Accept-Datetime",
        Text(de="an einem Ding: was an diesem Tag galt (Memento)", en="at a thing: what held on that day (Memento)"),
        "Tue, 31 Mar 2026 12:00:00 GMT",
        "header",
    ),
    Parameter(
        "If-None-Match",
        Text(
            de="der ETag der letzten Antwort; 304, wenn sie noch gilt",
            en="the ETag of the last answer; 304 if it still holds",
        ),
        "",
        "header",
    ),
)


def groups(*, ours: bool) -> list[Group]:
    """The table for our own graph, or for somebody's files."""
    chosen = [(one, tuple(each for each in one.addresses if ours or not each.ours)) for one in GROUPS]
    return [Group(one.title, addresses) for one, addresses in chosen if addresses]
