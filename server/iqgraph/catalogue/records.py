"""Other records than RDF: schema.org for search engines; text, BibTeX and RIS for reference managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from ..bilingual import Text
from ..terms import DCAT, DCTERMS, SKOS
from .catalogue import catalogue_title
from .publication import PACKINGS, Dump, Publication, Work

ESCAPES = str.maketrans({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}) | {
    ord(sign): f"\\{sign}" for sign in "{}$&%#_"
}
RIS_TAGS = {"author": "AU", "title": "TI", "year": "PY", "publisher": "PB", "version": "ET", "url": "UR", "note": "N1"}


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: its query and address, and the hash of its sorted lines in a format; empty if they differ each time.

    The `sources` are the IRIs of passages and graphs of others behind it, in order, or behind its first rows, if `rows`
    is not 0; None if they cannot be determined.
    """

    query: str
    address: str
    format: str
    sha256: str
    sources: Sequence[str] | None = ()
    rows: int = 0

    @property
    def proof(self) -> str:
        """The hash, and the sources: what their IRIs have in common, and the last segments of each."""
        digest = f"answer sha256:{self.sha256}" if self.sha256 else "answer differs each time, so no hash"
        if self.sources is None:
            return f"{digest}; sources not determined"
        of_rows = f" of the first {self.rows} rows" if self.rows else ""
        groups = groupby((iri.rpartition("/") for iri in self.sources), key=itemgetter(0))
        documents = (f"{document}/ {', '.join(name for *_, name in group)}" for document, group in groups)
        return f"{digest}; " + (f"sources{of_rows}: {'; '.join(documents)}" if self.sources else f"no sources{of_rows}")


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation of the data, with its hash, or of an answer."""

    publication: Publication
    sha256: str
    result: Result | None = None

    @property
    def title(self) -> Text:
        """The title."""
        title = self.publication.profile.title
        of_result = Text(de=f"Ergebnis einer Abfrage: {title.de}", en=f"Result of a query: {title.en}")
        return of_result if self.result else title

    @property
    def address(self) -> str:
        """The persistent IRI of the data, or the address of the answer."""
        return self.result.address if self.result else self.publication.data.iri.value

    @property
    def year(self) -> str:
        """The year of the version."""
        return self.publication.modified[:4]

    @property
    def key(self) -> str:
        """The key of the reference."""
        suffix = f"-{self.result.sha256[:12]}" if self.result and self.result.sha256 else ""
        return f"{self.publication.profile.stem}-{self.publication.version}{suffix}"

    @property
    def proof(self) -> str:
        """The hashes of data and answer, by which they can be verified, and the sources behind the answer."""
        of_result = f"; {self.result.proof}" if self.result else ""
        return f"dataset sha256:{self.sha256} (RDFC-1.0){of_result}"


def result_hash(lines: bytes) -> str:
    """The SHA-256 of the sorted lines of an answer."""
    rows = lines.removesuffix(b"\n").split(b"\n")
    # SPARQL orders rows only where ORDER BY says so (SPARQL 1.1 Query Language, section 15.1).
    return sha256(b"".join(row + b"\n" for row in sorted(rows))).hexdigest()


def text(citation: Citation, *, has_proof: bool = True) -> Text:
    """A sentence for a list of references, with hashes and sources or without."""
    publication, title = citation.publication, citation.title
    head = f"{publication.creator} ({citation.year}):"
    # A full stop behind an address would be taken for a part of it.
    tail = f"Version {publication.version}. {citation.address}{f' [{citation.proof}].' if has_proof else ''}"
    return Text(de=f"{head} {title.de}. {tail}", en=f"{head} {title.en}. {tail}")


def bibtex(citation: Citation) -> str:
    """A BibTeX entry."""
    fields = {name: value if name == "url" else value.translate(ESCAPES) for name, value in _fields(citation).items()}
    # A second pair of braces protects the case of titles, and organisations from being taken for a family name.
    fields |= {name: f"{{{fields[name]}}}" for name in ("author", "title", "publisher")}
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{citation.key},\n{lines}}}\n"


def ris(citation: Citation) -> str:
    """A RIS record of type DATA."""
    fields = "".join(f"{RIS_TAGS[name]}  - {value}\r\n" for name, value in _fields(citation).items() if value)
    return f"TY  - DATA\r\nID  - {citation.key}\r\n{fields}ER  - \r\n"


def _fields(citation: Citation) -> dict[str, str]:
    """The fields of a reference by their names in BibTeX."""
    return {
        "author": citation.publication.creator,
        "title": citation.title.en,
        "year": citation.year,
        "publisher": citation.publication.publisher,
        "version": citation.publication.version,
        "url": citation.address,
        "note": citation.proof,
    }


Json = dict[str, object]


def structured_data(publication: Publication, language: str) -> Json:
    """The catalogue and its datasets as a JSON-LD document in one language."""
    datasets = [_dataset(publication, work, language) for work in publication.works]
    catalogue = {
        **_thing(publication, "catalog", "DataCatalog"),
        "name": catalogue_title(publication).say(language),
        "inLanguage": language,
        "dataset": [{"@id": work.iri.value} for work in publication.works],
        **_terms(publication, publication.data),
    }
    return {"@context": "https://schema.org/", "@graph": [catalogue, *datasets]}


def _dataset(publication: Publication, work: Work, language: str) -> Json:
    path = work.iri.value.removeprefix(publication.base)
    # See https://developers.google.com/search/docs/appearance/structured-data/dataset for what search engines read.
    facts = {
        **_thing(publication, path, "Dataset"),
        "name": work.title.say(language),
        "description": work.description.say(language),
        "inLanguage": language,
        "includedInDataCatalog": {"@id": publication.iri("catalog").value},
        "distribution": [_download(publication, work, dump) for dump in work.dumps],
        **_terms(publication, work),
    }
    profile = publication.profile
    if not profile.is_bundled:
        return facts
    facts |= {"version": publication.version, "keywords": profile.texts(DCAT.keyword, language)}
    if work == publication.data:
        places = profile.nodes(DCTERMS.spatial)
        areas = [(place.value, profile.text(SKOS.prefLabel, place).say(language)) for place in places]
        facts |= {
            "temporalCoverage": "/".join(publication.years),
            "spatialCoverage": [{"@id": iri, "@type": "AdministrativeArea", "name": name} for iri, name in areas],
            "isBasedOn": [source.value for source in publication.sources],
        }
    return facts


def _thing(publication: Publication, path: str, type_: str) -> Json:
    iri, address = publication.iri(path).value, publication.at("" if path == "dataset" else path).value
    return {"@id": iri, "@type": type_, "url": address, "identifier": iri}


def _terms(publication: Publication, work: Work) -> Json:
    """Creator, publisher, licence and dates."""
    terms: Json = {"isAccessibleForFree": True} if work.licence else {}
    for role, name in (("creator", publication.creator), ("publisher", publication.publisher)):
        if name:
            terms[role] = {"@id": publication.agents[name].value, "@type": "Organization", "name": name}
    if work.licence:
        terms["license"] = work.licence.address
    if publication.issued:
        terms |= {"datePublished": publication.issued, "dateModified": publication.modified}
    return terms


def _download(publication: Publication, work: Work, dump: Dump) -> Json:
    """A file without its size and hash, for which a page would have to make it; the catalogue has these."""
    media_type = dump.format.media_type
    return {
        "@id": f"{work.iri.value}#{dump.name}",
        "@type": "DataDownload",
        "name": dump.name,
        "contentUrl": publication.at(f"download/{dump.name}").value,
        "encodingFormat": [media_type, PACKINGS[dump.packing]] if dump.packing else media_type,
    }
