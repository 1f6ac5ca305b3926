"""The interface of the server in one table: every address, its parameters and forms, in both languages.

The page, the OpenAPI description and the text for agents are made of it; a test compares it with the routes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...bilingual import Text
from ...dataset.profile import BUNDLED, Profile
from ...formats import RDF_FORMATS, ROWS
from ...terms import BASE, DOCUMENT, ID

RESULTS = tuple(form.media_type for form in ROWS)
RDF = tuple(form.media_type for form in RDF_FORMATS)
HTML, TEXT, JSON = "text/html", "text/plain", "application/json"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
CITATIONS = (TEXT, "application/x-bibtex", "application/x-research-info-systems", JSON, "application/yaml")
INSIDE = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
EXAMPLE = example.value.removeprefix(ID.iri) if (example := BUNDLED.example(ID)) else ""
PATH_PARAMETERS = {
    "kind": Text(de="Art des Dings", en="kind of thing"),
    "code": Text(de="Name einer Frage, oder Code des Inhalts", en="name of a question, or code of the content"),
    "extension": Text(de="Endung einer Form", en="file extension of a form"),
    "name": Text(de="Name dessen, was man will", en="name of what is wanted"),
    "path": Text(de="Pfad wie ohne Version", en="the path as without a version"),
    "picture": Text(de="Nummer des Bildes", en="number of the picture"),
    "slug": Text(de="Art des Fehlers", en="kind of error"),
    "version": Text(de="Nummer einer Version", en="number of a version"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, what it does, a value to try, and the place where it stands: path, query or header."""

    name: str
    description: Text
    example: str = ""
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Address:
    """One or more paths that are asked in the same way, each parameter in a path with a value to try.

    `forms` are the media types of an answer that is no problem, `accepted` those of a posted body; nothing but bodies
    goes to what is `only_posted`. An address is `ours` if only the bundled graph has it.
    """

    templates: tuple[str, ...]
    description: Text
    forms: tuple[str, ...]
    query_parameters: tuple[Parameter, ...]
    accepted: tuple[str, ...]
    ours: bool
    only_posted: bool = False

    @property
    def paths(self) -> list[str]:
        """The paths, with the names of their parameters in braces."""
        return [INSIDE.sub(r"{\1}", template) for template in self.templates]

    @property
    def examples(self) -> list[str]:
        """The paths with a value for each of their parameters."""
        values = {name: value for template in self.templates for name, value in INSIDE.findall(template) if value}
        return [INSIDE.sub(lambda found: values.get(found[1], ""), template) for template in self.templates]

    @property
    def parameters(self) -> list[Parameter]:
        """Those of all paths, each once, and those behind the question mark."""
        inside = {one.name: one for path in self.templates for one in path_parameters(path)}
        return [*inside.values(), *self.query_parameters]


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that serve one purpose."""

    title: Text
    addresses: tuple[Address, ...]


def path_parameters(template: str) -> list[Parameter]:
    """The parameters that a path has in itself, in their order."""
    return [Parameter(name, PATH_PARAMETERS[name], value, "path") for name, value in INSIDE.findall(template)]


def groups(profile: Profile) -> list[Group]:
    """The table for the bundled graph, or for somebody's files."""
    if profile is BUNDLED:
        return list(GROUPS)
    chosen = [(one, tuple(_of(profile, each) for each in one.addresses if not each.ours)) for one in GROUPS]
    return [Group(one.title, addresses) for one, addresses in chosen if addresses]


def _of(profile: Profile, address: Address) -> Address:
    """The address with the name of somebody's file to try, and with no thing of the bundled graph."""
    paths = (path.replace(f"={BUNDLED.stem}.", f"={profile.stem}.") for path in address.templates)
    own = (BASE, EXAMPLE or BASE)
    parameters = (replace(one, example="") if one.example.startswith(own) else one for one in address.query_parameters)
    templates = tuple(path.replace(f"={EXAMPLE}", "") for path in paths)
    return replace(address, templates=templates, query_parameters=tuple(parameters))


def _query(name: str, example: str = "", *, de: str, en: str) -> Parameter:
    return Parameter(name, Text(de=de, en=en), example)


def _header(name: str, example: str = "", *, de: str, en: str) -> Parameter:
    return Parameter(name, Text(de=de, en=en), example, "header")


def _at(  # noqa: PLR0913 - a row of the table
    paths: str,
    forms: tuple[str, ...],
    *,
    de: str,
    en: str,
    parameters: Iterable[Parameter] = (),
    accepted: tuple[str, ...] = (),
    ours: bool = False,
    only_posted: bool = False,
) -> Address:
    """An address; whatever has a page has the parameter for its language."""
    given = (*parameters, LANG) if HTML in forms else tuple(parameters)
    return Address(tuple(paths.split()), Text(de=de, en=en), forms, given, accepted, ours, only_posted)


FORMAT = _query(
    "format",
    "csv",
    de="das Format beim Namen: csv, xlsx, csv-de, json, ttl und andere",
    en="the format by its name: csv, xlsx, csv-de, json, ttl and others",
)
RDF_FORMAT = Parameter("format", FORMAT.description, "ttl")
LANG = _query("lang", "de", de="die Sprache der Seite, de oder en", en="the language of the page, de or en")
ASKED = _query("query", "ASK { ?s ?p ?o }", de="die Abfrage", en="the query")
OTHER_FORMATS = (
    _query("output", "json", de="dasselbe wie format", en="the same as format"),
    _query("results", "json", de="dasselbe wie format", en="the same as format"),
)
GRAPHS = (
    _query("default-graph-uri", de="ein Graph des Standardgraphen", en="a graph of the default graph"),
    _query("named-graph-uri", de="ein benannter Graph", en="a named graph"),
)
VERSION = _query("version", de="Version, für die ein kurzer Link gemacht ist", en="version that a short link is for")
PART = _query("part", de="Teil der Seite", en="part of the page")
PAGE = _query("page", "1", de="Seite einer langen Liste", en="page of a long list")

ASKING = (
    _at(
        "/sparql",
        (*RESULTS, *RDF, HTML),
        de="Antwort auf eine SPARQL-Abfrage (SPARQL 1.1 Protocol); ohne Abfrage die Beschreibung des Dienstes.",
        en="The answer to a SPARQL query (SPARQL 1.1 Protocol); without a query, the description of the service.",
        parameters=(
            *(ASKED, FORMAT, *OTHER_FORMATS, *GRAPHS, VERSION),
            _query("timeout", "500ms", de="wie lange man warten will", en="how long you are willing to wait"),
        ),
        accepted=(FORM, QUERY),
    ),
    _at(
        "/evidence",
        (JSON, HTML),
        de="Belege einer Antwort: für jede Zeile die kleinsten Mengen benannter Graphen, aus denen allein sie folgt.",
        en="The evidence of an answer: for each row the smallest sets of named graphs that alone yield it.",
        parameters=(
            ASKED,
            _query("row", "0", de="Nummer einer Zeile, ab 0", en="number of a row, from 0"),
            _query("limit", "10", de="Zahl der Zeilen, höchstens 50", en="number of rows, at most 50"),
            _query("offset", "0", de="Nummer der ersten Zeile", en="number of the first row"),
            *GRAPHS,
        ),
        accepted=(FORM, QUERY),
    ),
    _at(
        "/q/",
        (HTML,),
        de="Alle vorbereiteten Fragen nach Themen.",
        en="All prepared questions by topic.",
        ours=True,
    ),
    _at(
        "/q/{code=who-coordinates-the-network}",
        (*RESULTS, HTML),
        de="Kurzer Link: die Seite einer Frage mit ihrer Antwort, sonst der Weg zur Antwort auf sie "
        "oder auf eine eigene Abfrage (~), im gewünschten Format.",
        en="A short link: the page of a question with its answer, else the way to the answer to it "
        "or to a query of your own (~), in the format that is asked.",
        parameters=(
            FORMAT,
            VERSION,
            _query("rows", "all", de="all: alle Zeilen auf der Seite", en="all: all rows on the page"),
        ),
    ),
    _at(
        "/sparql/terms.json",
        (JSON,),
        de="Präfixe und Begriffe mit deutschen und englischen Bezeichnungen, für Editoren.",
        en="Prefixes, and terms with German and English labels, for editors.",
    ),
    _at(
        "/graph-store",
        RDF,
        de="Ein Graph als Ganzes (Graph Store HTTP Protocol, nur lesend): der benannte oder der Standardgraph.",
        en="A graph as a whole (Graph Store HTTP Protocol, reading only): the named one or the default graph.",
        parameters=(
            _query("graph", de="IRI des Graphen", en="IRI of the graph"),
            _query("default", de="ohne Wert: der Standardgraph", en="without a value: the default graph"),
            *(RDF_FORMAT, *OTHER_FORMATS),
        ),
    ),
    _at(
        "/describe /describe.{extension=ttl}",
        (*RDF, HTML),
        de="Was der Graph über irgendeine IRI sagt.",
        en="What the graph says of any IRI.",
        parameters=(_query("uri", f"{ID.iri}{EXAMPLE}", de="die IRI", en="the IRI"), RDF_FORMAT, PAGE),
    ),
)
THINGS = (
    _at(
        " ".join(f"/{kind}/{{name={EXAMPLE}}}" for kind in ("id", "concept", "passage", "graph", "query", "rule")),
        (*RDF, HTML),
        de="Die IRIs der Dinge: führen mit 303 zum Dokument über das Ding. "
        "Mit einer Endung (.html .ttl .nt .rdf .jsonld .trig .nq) ist es das Dokument selbst.",
        en="The IRIs of things: lead with 303 to the document about the thing. "
        "With an extension (.html .ttl .nt .rdf .jsonld .trig .nq) it is the document itself.",
        parameters=(PAGE,),
        ours=True,
    ),
    _at(
        "/ontology /shapes /ontology.{extension=ttl} /shapes.{extension=ttl}",
        (*RDF, HTML),
        de="Die Ontologie und die Regeln der Prüfung (SHACL).",
        en="The ontology, and the rules of the validation (SHACL).",
        parameters=(PART,),
        ours=True,
    ),
    _at(
        "/ontology/{version=0.1.0}",
        (*RDF, HTML),
        de="Die Ontologie einer Version.",
        en="The ontology of a version.",
        ours=True,
    ),
    _at(
        "/context.jsonld",
        ("application/ld+json",),
        de="Die Namen, die JSON-LD-Dokumente verwenden.",
        en="The names that JSON-LD documents use.",
        ours=True,
    ),
)
DATA = (
    _at("/download/", (HTML,), de="Liste aller Dateien.", en="A list of all files."),
    _at(
        "/download/things/{kind=organisation}.{extension=csv}",
        RESULTS,
        de="Alle Dinge einer Art als Tabelle.",
        en="All things of a kind as a table.",
        ours=True,
    ),
    _at(
        f"/download/{{name={BUNDLED.stem}.ttl}}",
        (*RDF, TEXT, "application/gzip", "application/zstd"),
        de="Eine Datei, auch ein Teil davon (Range) oder nur wenn sie neu ist (If-None-Match).",
        en="A file, also a part of it (Range) or only if it is new (If-None-Match).",
    ),
    _at(
        "/catalog /catalog.{extension=ttl} /dataset /dataset.{extension=ttl}",
        (*RDF, "application/vnd.schemaorg.ld+json", HTML),
        de="Der Katalog: was veröffentlicht ist (DCAT-AP.de).",
        en="The catalogue: what is published (DCAT-AP.de).",
    ),
    _at(
        "/linkset /.well-known/api-catalog",
        ("application/linkset+json",),
        de="Links der Daten zu Dateien, Beschreibungen und Lizenz; Liste der Schnittstellen (RFC 9264, RFC 9727).",
        en="Links of the data to files, records and licence; the list of interfaces (RFC 9264, RFC 9727).",
    ),
    _at(
        "/void /void.{extension=ttl} /.well-known/void",
        (*RDF, HTML),
        de="Die Daten in Zahlen (VoID).",
        en="The data in numbers (VoID).",
    ),
    _at(
        "/links /links.{extension=csv}",
        (*RESULTS, HTML),
        de="Alle Verknüpfungen mit anderen Daten, als Seite oder Tabelle.",
        en="All links to other data, as a page or a table.",
        ours=True,
    ),
    _at(
        "/validation /validation.{extension=ttl}",
        (*RDF, HTML),
        de="Der SHACL-Bericht über die ausgelieferten Daten.",
        en="The SHACL report on the data that is served.",
        ours=True,
    ),
    _at(
        "/cite /cite.{extension=bib}",
        (*CITATIONS, HTML),
        de="Wie die Daten oder eine Antwort zu zitieren sind: Text, BibTeX, RIS, DataCite oder CITATION.cff.",
        en="How to cite the data or an answer: text, BibTeX, RIS, DataCite or CITATION.cff.",
        parameters=(ASKED, *GRAPHS, _query("date", "2026-01-31", de="Tag des Abrufs", en="day of access")),
        ours=True,
    ),
)
VERSIONS = (
    _at("/version/ /version.{extension=ttl}", (*RDF, HTML), de="Alle Versionen.", en="All versions.", ours=True),
    _at(
        "/version/{version=0.1.0} /version/{version=0.1.0}/",
        (*RDF, "application/rdf-patch", HTML),
        de="Eine Version, oder mit 0.1.0..0.2.0 was sich zwischen zweien geändert hat (RDF Patch).",
        en="A version or, with 0.1.0..0.2.0, what changed between two (RDF Patch).",
        parameters=(PART, PAGE),
        ours=True,
    ),
    _at(
        f"/version/{{version=0.1.0}}/{{path=id/{EXAMPLE}}}",
        (*RESULTS, *RDF, HTML),
        de="Die Seiten, Dateien und der Endpunkt einer Version.",
        en="The pages, files and the endpoint of a version.",
        ours=True,
    ),
    _at(
        f"/timemap/{{path=id/{EXAMPLE}}}",
        ("application/link-format",),
        de="Alle Zustände eines Dings (Memento, RFC 7089).",
        en="All states of a thing (Memento, RFC 7089).",
        ours=True,
    ),
)
PAGES = (
    _at("/", (HTML,), de="Startseite.", en="The start page."),
    _at(
        "/picture/{name=timeline} /picture/{name=timeline}.svg",
        (HTML, "image/svg+xml"),
        de="Ein Bild der ganzen Daten als Seite und als Datei, die auch andere Websites zeigen können.",
        en="A picture of the whole data as a page, and as a file that other websites can show.",
        ours=True,
    ),
    _at(
        "/search",
        (HTML, JSON),
        de="Suche nach Einträgen, Fragen, Textstellen und Begriffen der Ontologie; mit Vorschlag bei Tippfehlern.",
        en="Search for entries, questions, passages and terms of the ontology; with a proposal for a misspelt word.",
        parameters=(
            _query("q", EXAMPLE, de="Wörter oder Kennungen", en="words or codes"),
            Parameter("format", FORMAT.description, "json"),
        ),
    ),
    _at(
        "/explore",
        (HTML,),
        de="Suchen und eingrenzen.",
        en="Search and narrow down.",
        parameters=(
            _query("q", "beratung", de="Wörter oder Wortteile", en="words or parts of words"),
            _query("kind", "offer", de="Art des Dings", en="kind of thing"),
            _query("period", de="Förderperiode", en="funding period"),
            _query("place", de="Ort", en="place"),
            _query("theme", de="Thema", en="theme"),
            _query("organisation", EXAMPLE, de="Organisation", en="organisation"),
            _query("column", "iq:providedBy", de="Spalte einer Tabelle", en="column of a table"),
            PAGE,
        ),
        ours=True,
    ),
    _at(
        f"/document /document/{{name={DOCUMENT}}}",
        (HTML,),
        de="Das Dokument als Blöcke, mit dem, was jede Textstelle trägt; ohne Namen die Liste, wenn es mehrere gibt.",
        en="The document as blocks, with what each passage carries; without a name the list, if there are several.",
        ours=True,
    ),
    _at(
        "/about /quality",
        (HTML,),
        de="Woher der Graph kommt, und wie gut er ist.",
        en="Where the graph comes from, and how good it is.",
        ours=True,
    ),
    _at("/how-to /how-to/{name=api}", (HTML,), de="Anleitungen.", en="How-to pages."),
    _at(
        "/how-to/python.ipynb /how-to/python/{picture=1}.png /how-to/linking.md",
        ("application/x-ipynb+json", "image/png", "text/markdown"),
        de="Das Notebook mit seinen Bildern, und die Rezepte zum Verknüpfen als Markdown.",
        en="The notebook with its pictures, and the linking recipes as Markdown.",
        parameters=(LANG,),
        ours=True,
    ),
    _at(
        "/problem/{slug=too-expensive}",
        (HTML,),
        de="Was eine Art von Fehler bedeutet (RFC 9457).",
        en="What a kind of error means (RFC 9457).",
    ),
)
SERVICE = (
    _at(
        "/openapi.json",
        (JSON,),
        de="Diese Tabelle nach OpenAPI 3.1.",
        en="This table as OpenAPI 3.1.",
        parameters=(LANG,),
    ),
    _at("/llms.txt", (TEXT,), de="Dasselbe für Sprachmodelle.", en="The same for language models."),
    _at(
        "/mcp",
        (JSON,),
        de="Schnittstelle für Agenten von Sprachmodellen (Model Context Protocol), nur lesend.",
        en="The interface for agents of language models (Model Context Protocol), read only.",
        accepted=(JSON,),
        only_posted=True,
    ),
    _at("/health", (JSON,), de="Der Prozess lebt.", en="The process is up."),
    _at("/ready", (JSON,), de="Die Daten sind geladen.", en="The data is loaded."),
    _at("/metrics", (TEXT,), de="Zähler für Prometheus.", en="Counters for Prometheus."),
    _at(
        "/robots.txt /sitemap.xml",
        (TEXT, "application/xml"),
        de="Was Suchmaschinen zuerst holen.",
        en="What search engines ask for first.",
    ),
)
RECONCILIATION = (
    _at(
        "/reconcile",
        (JSON,),
        de="Abgleich von Namen einer Tabelle (Reconciliation API 0.2); ohne Parameter die Beschreibung des Dienstes.",
        en="Reconciliation of the names in a table (Reconciliation API 0.2); without parameters, the manifest.",
        parameters=(
            _query("queries", f'{{"q0": {{"query": "{EXAMPLE}"}}}}', de="Namen, als JSON", en="names, as JSON"),
            _query("extend", de="Dinge und Eigenschaften, als JSON", en="things and properties, as JSON"),
            LANG,
        ),
        accepted=(FORM,),
        ours=True,
    ),
    _at(
        "/reconcile/suggest/entity /reconcile/suggest/type /reconcile/suggest/property",
        (JSON,),
        de="Dinge, Arten und Eigenschaften, die so beginnen.",
        en="Things, kinds and properties that begin like this.",
        parameters=(
            _query("prefix", "invo", de="Anfang eines Namens", en="beginning of a name"),
            _query("cursor", "0", de="wie viele übersprungen werden", en="how many are left out"),
            LANG,
        ),
        ours=True,
    ),
    _at(
        "/reconcile/flyout/entity /reconcile/flyout/type /reconcile/flyout/property /reconcile/preview",
        (JSON, HTML),
        de="Etwas davon in wenigen Worten.",
        en="One of these in a few words.",
        parameters=(_query("id", EXAMPLE, de="Name in der Antwort", en="name in the answer"),),
        ours=True,
    ),
    _at(
        "/reconcile/properties",
        (JSON,),
        de="Spalten, die sich zu Dingen einer Art ergänzen lassen.",
        en="Columns that can be added to things of a kind.",
        parameters=(
            _query("type", "offer", de="Art des Dings", en="kind of thing"),
            _query("limit", "10", de="Zahl der Spalten", en="number of columns"),
            LANG,
        ),
        ours=True,
    ),
)
GROUPS = (
    Group(Text(de="Fragen", en="Querying"), ASKING),
    Group(Text(de="Dinge und Begriffe", en="Things and terms"), THINGS),
    Group(Text(de="Alle Daten", en="All data"), DATA),
    Group(Text(de="Abgleich von Namen", en="Reconciliation of names"), RECONCILIATION),
    Group(Text(de="Versionen", en="Versions"), VERSIONS),
    Group(Text(de="Seiten für Menschen", en="Pages for people"), PAGES),
    Group(Text(de="Der Dienst selbst", en="The service itself"), SERVICE),
)
HEADERS = (
    _header(
        "Accept",
        "text/csv",
        de="das Format, mit q-Werten und Platzhaltern; passt nichts: 406 mit der Liste der Formate",
        en="the format, with q-values and wildcards; if nothing fits: 406 with the list of formats",
    ),
    _header("Accept-Language", "de", de="die Sprache der Seiten", en="the language of pages"),
    _header(
        "Accept-Datetime",
        "Tue, 31 Mar 2026 12:00:00 GMT",
        de="an einem Ding: was an diesem Tag galt (Memento)",
        en="at a thing: what held on that day (Memento)",
    ),
    _header(
        "If-None-Match",
        de="der ETag der letzten Antwort; 304, wenn sie noch gilt",
        en="the ETag of the last answer; 304 if it still holds",
    ),
)
