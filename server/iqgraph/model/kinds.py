"""The kinds of things that readers tell apart: each has one name, one colour and one glyph everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset, Term
from ..dataset.builtin_graphs import about
from ..terms import RDF, expanded


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its name in both languages, in singular and plural, a glyph drawn on 16 by 16, and its classes."""

    slug: str
    name: Text
    plural: Text
    glyph: str
    classes: tuple[str, ...]


_CIRCLE = "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z"
KINDS = (
    Kind(
        "organisation",
        Text(de="Organisation", en="organisation"),
        Text(de="Organisationen", en="organisations"),
        "M2.5 2.5h11v11h-11z",
        ("org:Organization", "cv:PublicOrganisation"),
    ),
    Kind(
        "network",
        Text(de="Programm oder Netzwerk", en="programme or network"),
        Text(de="Programme und Netzwerke", en="programmes and networks"),
        "M8 1.5 13.6 4.8V11.2L8 14.5 2.4 11.2V4.8z",
        ("iq:FundingProgramme", "iq:RegionalNetwork", "iq:NetworkFamily", "iq:FundingInstrument"),
    ),
    Kind(
        "offer",
        Text(de="Angebot", en="offer"),
        Text(de="Angebote", en="offers"),
        _CIRCLE,
        ("iq:Offer", "iq:Portfolio", "iq:ServiceCentre", "iq:InformationOffice", "iq:CoordinationOffice"),
    ),
    Kind(
        "project",
        Text(de="Projekt", en="project"),
        Text(de="Projekte", en="projects"),
        "M8 1 15 8 8 15 1 8z",
        ("iq:Project",),
    ),
    Kind(
        "law",
        Text(de="Gesetz", en="law"),
        Text(de="Gesetze", en="laws"),
        "M3 1.5h7l3 3v10H3z",
        ("iq:LegalAct", "eli:LegalResource"),
    ),
    Kind(
        "place",
        Text(de="Ort", en="place"),
        Text(de="Orte", en="places"),
        "M8 15 3.4 7.6a5 5 0 1 1 9.2 0z",
        ("dcterms:Location", "schema:City", "schema:AdministrativeArea", "schema:Country", "iq:Seat"),
    ),
    Kind(
        "period",
        Text(de="Zeitraum", en="period"),
        Text(de="Zeiträume", en="periods"),
        "M1 5h14v6H1z",
        ("iq:FundingPeriod", "iq:TimeSpan"),
    ),
    Kind(
        "group",
        Text(de="Personengruppe", en="group of people"),
        Text(de="Personengruppen", en="groups of people"),
        "M5 2.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM11 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
        ("iq:ActorGroup", "iq:TargetGroup"),
    ),
    Kind(
        "role",
        Text(de="Rolle", en="role"),
        Text(de="Rollen", en="roles"),
        "M2 8 8 3v3h6v4H8v3z",
        ("iq:RoleAssignment",),
    ),
    Kind(
        "event",
        Text(de="Ereignis", en="event"),
        Text(de="Ereignisse", en="events"),
        "M8 1 10 6.2 15 8 10 9.8 8 15 6 9.8 1 8 6 6.2z",
        ("iq:Event",),
    ),
    Kind(
        "task",
        Text(de="Aufgabe oder Ziel", en="task or goal"),
        Text(de="Aufgaben und Ziele", en="tasks and goals"),
        "M2 8.5 4 6.5 7 9.5 12.5 3.5 14.5 5.5 7 13.5z",
        ("iq:Task", "iq:Activity", "iq:Goal"),
    ),
    Kind(
        "claim",
        Text(de="Einschätzung oder Zahl", en="assessment or figure"),
        Text(de="Einschätzungen und Zahlen", en="assessments and figures"),
        "M2 3h12v8H8l-3 3v-3H2z",
        (
            "iq:Assessment",
            "iq:AmountStatement",
            "iq:CountStatement",
            "iq:ShareStatement",
            "qb:DataSet",
            "qb:Observation",
        ),
    ),
    Kind(
        "theme",
        Text(de="Begriff", en="concept"),
        Text(de="Begriffe", en="concepts"),
        "M2 2h6l6 6-6 6-6-6z",
        ("skos:Concept",),
    ),
    Kind(
        "note",
        Text(de="Anmerkung", en="note"),
        Text(de="Anmerkungen", en="notes"),
        "M2 2h12v9l-3 3H2z",
        ("iq:EditorialNote",),
    ),
    Kind(
        "passage",
        Text(de="Textstelle", en="passage"),
        Text(de="Textstellen", en="passages"),
        "M2 4h12v2H2zM2 8h12v2H2zM2 12h8v2H2z",
        ("iq:Passage",),
    ),
    Kind(
        "document",
        Text(de="Quelle", en="source"),
        Text(de="Quellen", en="sources"),
        "M3 1.5h10v13H3z",
        ("iq:Document", "iq:Section", "foaf:Document", "schema:CreativeWork"),
    ),
    Kind(
        "graph",
        Text(de="Aussagegraph", en="statement graph"),
        Text(de="Aussagegraphen", en="statement graphs"),
        _CIRCLE,
        ("iq:StatementGraph",),
    ),
)
OTHER = Kind("other", Text(de="Ressource", en="resource"), Text(de="Ressourcen", en="resources"), _CIRCLE, ())


_KIND_OF = {expanded(name): kind for kind in reversed(KINDS) for name in kind.classes}


def kind_of(dataset: Dataset, node: Term) -> Kind:
    """The kind of a thing, the first in the list if it is of several."""
    if about(dataset, node):
        return KINDS[-1]
    return first(dataset.nodes(node, RDF.type))


def slugs(classes: Iterable[NamedNode]) -> set[str]:
    """All kinds that have one of the classes."""
    return {_KIND_OF[one].slug for one in classes if one in _KIND_OF}


def first(classes: Iterable[NamedNode]) -> Kind:
    """The first kind of the list that has one of the classes."""
    found = slugs(classes)
    return next((kind for kind in KINDS if kind.slug in found), OTHER)


def rank(kind: Kind | None) -> int:
    """The place of a kind in the list, behind all of them for another one."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def by_slug(slug: str) -> Kind | None:
    """The kind of this name."""
    return next((kind for kind in KINDS if kind.slug == slug), None)
