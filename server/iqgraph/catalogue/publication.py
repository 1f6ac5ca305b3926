"""The publication: works with their titles, licences and files, and their publisher; all records are made from it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, Value, describe, text_of, untranslated
from ..dataset import Dataset
from ..dataset.profile import RULES, Profile
from ..formats import CSV, Format, of_file
from ..resources import read_toml
from ..settings import Settings
from ..terms import BASE, DATASET, DC, DCAT, DCTERMS, FOAF, IQ, OWL, RDF, SKOS, VOCABULARY, XSD, Namespace

TEXTS = {name: Text(**row) for name, row in read_toml(__package__, "texts.toml").items()}
PACKINGS = {"gz": "application/gzip", "zst": "application/zstd"}
Facts = Iterator[tuple[NamedNode, Value | tuple[Value, ...]]]


class Licence(NamedTuple):
    """A licence: its IRI in DCAT-AP.de, its own address, and its name."""

    german: NamedNode
    address: str
    name: str


class Dump(NamedTuple):
    """A file of the release; `checksum` makes it, for its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    checksum: Callable[[], tuple[int, str]]

    @property
    def packing(self) -> str:
        """The suffix for the compression; empty for none."""
        suffix = self.name.rpartition(".")[2]
        return suffix if suffix in PACKINGS else ""

    @property
    def format(self) -> Format:
        """The format of the uncompressed file: one of RDF, or CSV."""
        return of_file(self.name) or CSV


LICENCES = Namespace("http://dcat-ap.de/def/licenses/")
CC0 = Licence(LICENCES["cc-zero"], "https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0")
CC_BY = Licence(LICENCES["cc-by/4.0"], "https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0")


@dataclass(frozen=True, slots=True)
class Work:
    """A work: the data, the ontology or the shapes, with its files."""

    iri: NamedNode
    title: Text
    description: Text
    licence: Licence | None
    dumps: tuple[Dump, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """The works that a site publishes, the data first; what nobody states about files of others is empty.

    IRIs begin with `base`, addresses of pages and files with `address`, by which the request called the site.
    """

    profile: Profile
    base: str
    address: str
    settings: Settings
    works: tuple[Work, ...]
    creator: str = ""
    publisher: str = ""
    version: str = ""
    issued: str = ""
    modified: str = ""
    years: tuple[str, str] = ("", "")
    sources: tuple[NamedNode, ...] = ()

    @property
    def dates(self) -> Facts:
        """When it was issued and modified."""
        for predicate, day in ((DCTERMS.issued, self.issued), (DCTERMS.modified, self.modified)):
            yield predicate, Literal(day, datatype=XSD.date) if day else None

    @property
    def agents(self) -> dict[str, NamedNode]:
        """Creator and publisher by name, as far as they are known."""
        agents = {self.creator: self.iri("catalog#creator")} if self.creator else {}
        if self.publisher and self.publisher != self.creator:
            agents[self.publisher] = NamedNode(self.settings.publisher_iri or f"{self.base}catalog#publisher")
        return agents

    def describe_agents(self) -> Iterator[Triple]:
        """The statements about creator and publisher."""
        for name, agent in self.agents.items():
            yield from describe(agent, (RDF.type, FOAF.Agent), (FOAF.name, Literal(name)))

    @property
    def data(self) -> Work:
        """The data itself."""
        return self.works[0]

    @property
    def area(self) -> Text:
        """The places that the data is about, the smaller one first."""
        names = [self.profile.text(SKOS.prefLabel, place) for place in self.profile.nodes(DCTERMS.spatial)]
        return Text(de=", ".join(name.de for name in names), en=", ".join(name.en for name in names))

    def iri(self, path: str) -> NamedNode:
        """The IRI of a thing."""
        return NamedNode(self.base + path)

    def at(self, path: str = "") -> NamedNode:
        """The address of a page or a file."""
        return NamedNode(f"{self.address}/{path}")


def publication(dataset: Dataset, dumps: Sequence[Dump], address: str, settings: Settings) -> Publication:
    """The publication of a dataset with its dumps, at the address by which the request called the site."""
    dumps = [dump for dump in dumps if of_file(dump.name) or dump.name.endswith(f".{CSV.extension}")]
    profile = dataset.profile
    description = profile.description or TEXTS["files"]
    if not profile.is_bundled:
        work = Work(NamedNode(f"{address}/dataset"), profile.title, description, licence_of(profile), tuple(dumps))
        return Publication(profile, f"{address}/", address, settings, (work,), publisher=settings.publisher)
    creator = profile.text(DC.creator).en
    title, abstract = (
        text_of(dataset.literals(VOCABULARY, name)) or untranslated("") for name in (DCTERMS.title, DCTERMS.abstract)
    )
    version, issued, modified = (
        next((literal.value for literal in dataset.literals(VOCABULARY, name)), "")
        for name in (OWL.versionInfo, DCTERMS.issued, DCTERMS.modified)
    )
    works = (
        Work(DATASET, profile.title, description, licence_of(profile), _of(dumps, profile.stem, CSV.extension)),
        Work(VOCABULARY, title, abstract, CC_BY, _of(dumps, "ontology")),
        Work(NamedNode(f"{BASE}shapes"), RULES.title, RULES.description, CC_BY, _of(dumps, "shapes")),
    )
    return Publication(
        profile,
        BASE,
        address,
        settings,
        works,
        creator=creator,
        publisher=settings.publisher or creator,
        version=version,
        issued=issued,
        modified=modified,
        years=_years(dataset),
        sources=tuple(dataset.instances(IQ.Document)),
    )


def licence(name: str, profile: Profile) -> Licence | None:
    """The licence of a release file; of the bundled data, the vocabularies have one of their own."""
    is_vocabulary = profile.is_bundled and name.partition(".")[0] in ("ontology", "shapes")
    return CC_BY if is_vocabulary else licence_of(profile)


def _of(dumps: Sequence[Dump], *names: str) -> tuple[Dump, ...]:
    """The dumps with one of these names or suffixes."""
    return tuple(dump for dump in dumps if {*dump.name.split(".")} & {*names})


def licence_of(profile: Profile) -> Licence | None:
    """The licence that a dataset states; without a known name it is called by its address."""
    if profile.licence is None:
        return None
    address = profile.licence.value
    ours = {_normalize(CC0.address): CC0, _normalize(CC_BY.address): CC_BY}
    match = re.search(r"//creativecommons\.org/licenses/([a-z-]+)/([0-9.]+)", address)
    name = f"CC {match[1].upper()} {match[2]}" if match else address
    return ours.get(_normalize(address)) or Licence(profile.licence, address, name)


def _normalize(address: str) -> str:
    """The part of the address that the deed and the legal code of a licence share, in any language."""
    return re.sub(r"^http:|/(deed|legalcode)?(\.\w\w)?$", "", address.removeprefix("https:"))


def _years(dataset: Dataset) -> tuple[str, str]:
    """The first and the last year in statements of passages; other sources go on to later years."""
    years = [
        quad.object.value[:4]
        for predicate in (DCAT.startDate, DCAT.endDate)
        for quad in dataset.store.quads_for_pattern(None, predicate, None)
        if isinstance(quad.object, Literal) and dataset.passages(quad.graph_name)
    ]
    return min(years, default=""), max(years, default="")
