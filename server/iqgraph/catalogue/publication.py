"""The publication: what is published, by whom, with which title and licence; every record of it is made from this."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text, Value, text_of, untranslated
from ..dataset import Dataset
from ..dataset.profile import RULES, Profile
from ..formats import CSV, Format, of_file
from ..resources import read_toml
from ..settings import Settings
from ..terms import BASE, DATASET, DC, DCAT, DCTERMS, IQ, OWL, SKOS, VOCABULARY, XSD, Namespace

TEXTS = {name: Text(**row) for name, row in read_toml(__package__, "texts.toml").items()}
PACKINGS = {"gz": "application/gzip", "zst": "application/zstd"}
Facts = Iterator[tuple[NamedNode, Value | tuple[Value, ...]]]


class Licence(NamedTuple):
    """A licence: its IRI for DCAT-AP.de, its own address, and its name."""

    german: NamedNode
    address: str
    name: str


class Dump(NamedTuple):
    """A file of the release, which is made only when its size in bytes or its SHA-256, in hexadecimal, is asked for."""

    name: str
    figures: Callable[[], tuple[int, str]]

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return self.figures()[0]

    @property
    def sha256(self) -> str:
        """The hash of the file."""
        return self.figures()[1]

    @property
    def packing(self) -> str:
        """How the file is packed, by the end of its name; empty if it is not."""
        end = self.name.rpartition(".")[2]
        return end if end in PACKINGS else ""

    @property
    def form(self) -> Format:
        """The format below the packing, by the name: one of RDF, or CSV."""
        return of_file(self.name) or CSV


LICENCES = Namespace("http://dcat-ap.de/def/licenses/")
CC0 = Licence(LICENCES["cc-zero"], "https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0")
CC_BY = Licence(LICENCES["cc-by/4.0"], "https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0")


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that is published: the data, the ontology or the shapes, with its files."""

    iri: NamedNode
    title: Text
    description: Text
    licence: Licence | None
    dumps: tuple[Dump, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """All that is published on a site, the data first; what nobody says of somebody's files is empty.

    The `profile` is what the data says of itself, `base` what IRIs begin with, `address` where the site was called.
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
        """When it was first published and last changed."""
        for predicate, day in ((DCTERMS.issued, self.issued), (DCTERMS.modified, self.modified)):
            yield predicate, Literal(day, datatype=XSD.date) if day else None

    @property
    def agents(self) -> dict[str, NamedNode]:
        """Who made it and who publishes it, by name; one entry if they are the same, none if nobody is known."""
        makers = {self.creator: self.iri("catalog#creator")} if self.creator else {}
        if not self.publisher or self.publisher == self.creator:
            return makers
        return makers | {self.publisher: NamedNode(self.settings.publisher_iri or f"{self.base}catalog#publisher")}

    @property
    def data(self) -> Work:
        """The data itself."""
        return self.works[0]

    @property
    def area(self) -> Text:
        """What places the data is about, the smaller one first."""
        named = [self.profile.text(SKOS.prefLabel, one) for one in self.profile.nodes(DCTERMS.spatial)]
        return Text(de=", ".join(one.de for one in named), en=", ".join(one.en for one in named))

    def iri(self, path: str) -> NamedNode:
        """The IRI of something described here."""
        return NamedNode(self.base + path)

    def at(self, path: str = "") -> NamedNode:
        """The address of a page or a file, where the site was called."""
        return NamedNode(f"{self.address}/{path}")


def publication(dataset: Dataset, dumps: Sequence[Dump], address: str, settings: Settings) -> Publication:
    """What is published, as a function of the dataset, its dumps, the address that was called, and the settings."""
    dumps = [dump for dump in dumps if of_file(dump.name) or dump.name.endswith(f".{CSV.extension}")]
    profile = dataset.profile
    about = profile.description or TEXTS["files"]
    if not profile.is_bundled:
        work = Work(NamedNode(f"{address}/dataset"), profile.title, about, licence_of(profile), tuple(dumps))
        return Publication(profile, f"{address}/", address, settings, (work,), publisher=settings.publisher)
    creator = profile.text(DC.creator).en
    title, abstract = (
        text_of(dataset.literals(VOCABULARY, name)) or untranslated("") for name in (DCTERMS.title, DCTERMS.abstract)
    )
    version, issued, modified = (
        next((one.value for one in dataset.literals(VOCABULARY, name)), "")
        for name in (OWL.versionInfo, DCTERMS.issued, DCTERMS.modified)
    )
    works = (
        Work(DATASET, profile.title, about, licence_of(profile), _of(dumps, profile.stem, CSV.extension)),
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
    """The licence of a file of a release: of the bundled data, its vocabularies have one of their own."""
    is_vocabulary = profile.is_bundled and name.partition(".")[0] in ("ontology", "shapes")
    return CC_BY if is_vocabulary else licence_of(profile)


def _of(dumps: Sequence[Dump], *names: str) -> tuple[Dump, ...]:
    """The dumps of one work, by how their names begin or end; a file in a folder is only a part of it."""
    return tuple(dump for dump in dumps if {*dump.name.split(".")} & {*names})


def licence_of(profile: Profile) -> Licence | None:
    """The licence that a dataset says it has; of one that we do not know, the name is its address."""
    if profile.licence is None:
        return None
    address = profile.licence.value
    known = {_address(one.address): one for one in (CC0, CC_BY)}
    return known.get(_address(address)) or Licence(profile.licence, address, _name(address))


def _address(address: str) -> str:
    """What of the address of a licence says which it is."""
    # Creative Commons has each licence as a deed and as legal code, in many languages, and once had it without https.
    return re.sub(r"^http:|/(deed|legalcode)?(\.\w\w)?$", "", address.removeprefix("https:"))


def _name(address: str) -> str:
    """The licences of Creative Commons have their name in their address."""
    found = re.search(r"//creativecommons\.org/licenses/([a-z-]+)/([0-9.]+)", address)
    return f"CC {found[1].upper()} {found[2]}" if found else address


def _years(dataset: Dataset) -> tuple[str, str]:
    """The first and the last year that passages name; what other sources say of later years is no part of it."""
    years = [
        quad.object.value[:4]
        for predicate in (DCAT.startDate, DCAT.endDate)
        for quad in dataset.store.quads_for_pattern(None, predicate, None)
        if isinstance(quad.object, Literal) and dataset.passages(quad.graph_name)
    ]
    return min(years, default=""), max(years, default="")
