"""Records that are no RDF: of schema.org for search engines; text, BibTeX and RIS for reference managers."""

from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..terms import DCAT, DCTERMS, SKOS
from .catalogue import called
from .publication import PACKINGS, Dump, Publication, Work

ESCAPES = str.maketrans({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}) | {
    ord(sign): f"\\{sign}" for sign in "{}$&%#_"
}


@dataclass(frozen=True, slots=True)
class Result:
    """One answer: the query, where it was asked, and the hash of its sorted lines in a format."""

    query: str
    address: str
    form: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: the data of a publication, with its hash, or an answer."""

    published: Publication
    sha256: str
    result: Result | None = None

    @property
    def title(self) -> Text:
        """What it is called."""
        title = self.published.profile.title
        answer = Text(de=f"Ergebnis einer Abfrage: {title.de}", en=f"Result of a query: {title.en}")
        return answer if self.result else title

    @property
    def address(self) -> str:
        """Where it is: the lasting IRI of the data, or the address of the answer."""
        return self.result.address if self.result else self.published.data.iri.value

    @property
    def year(self) -> str:
        """The year of the version."""
        return self.published.modified[:4]

    @property
    def key(self) -> str:
        """A name for it in a list of references."""
        answer = f"-{self.result.sha256[:12]}" if self.result else ""
        return f"{self.published.profile.stem}-{self.published.version}{answer}"

    @property
    def hashes(self) -> str:
        """The hashes that tell whether the same data and the same answer are meant."""
        answer = f"; answer sha256:{self.result.sha256}" if self.result else ""
        return f"dataset sha256:{self.sha256} (RDFC-1.0){answer}"


def result_hash(lines: bytes) -> str:
    """The SHA-256 of the lines of an answer in code point order, so that the order of rows does not matter."""
    rows = lines.removesuffix(b"\n").split(b"\n")
    # SPARQL orders rows only where ORDER BY says so (SPARQL 1.1 Query Language, section 15.1).
    return sha256(b"".join(row + b"\n" for row in sorted(rows))).hexdigest()


def short(citation: Citation) -> Text:
    """One sentence for a list of references, as most styles want it."""
    return _sentence(citation, citation.address, "")  # a stop behind an address would be taken for a part of it


def text(citation: Citation) -> Text:
    """The same with the hashes."""
    return _sentence(citation, f"{citation.address} [{citation.hashes}]", ".")


def _sentence(citation: Citation, place: str, stop: str) -> Text:
    published = citation.published
    head = f"{published.creator} ({citation.year}):"
    return Text(
        de=f"{head} {citation.title.de}. Version {published.version}. {place}{stop}",
        en=f"{head} {citation.title.en}. Version {published.version}. {place}{stop}",
    )


def bibtex(citation: Citation) -> str:
    """A BibTeX entry; braces keep the case of titles and the names of organisations whole."""
    published = citation.published
    fields = {
        # A second pair of braces: else BibTeX takes the last word of an organisation for a family name.
        "author": "{" + published.creator.translate(ESCAPES) + "}",
        "title": "{" + citation.title.en.translate(ESCAPES) + "}",
        "year": citation.year,
        "publisher": "{" + published.publisher.translate(ESCAPES) + "}",
        "version": published.version,
        "url": citation.address,
        "note": citation.hashes.translate(ESCAPES),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{citation.key},\n{lines}}}\n"


def ris(citation: Citation) -> str:
    """A RIS record of type DATA."""
    published = citation.published
    fields = (
        ("TY", "DATA"),
        ("ID", citation.key),
        ("AU", published.creator),
        ("PB", published.publisher),
        ("TI", citation.title.en),
        ("PY", citation.year),
        ("ET", published.version),
        ("UR", citation.address),
        ("N1", citation.hashes),
    )
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n"


Json = dict[str, object]


def structured_data(published: Publication, language: str) -> Json:
    """The catalogue and what is in it as a JSON-LD document in one language, with what is known only."""
    datasets = [_dataset(published, work, language) for work in published.works]
    catalogue = {
        **_thing(published, "catalog", "DataCatalog"),
        "name": called(published).say(language),
        "inLanguage": language,
        "dataset": [{"@id": work.iri.value} for work in published.works],
        **_terms(published, published.data),
    }
    return {"@context": "https://schema.org/", "@graph": [catalogue, *datasets]}


def _dataset(published: Publication, work: Work, language: str) -> Json:
    path = work.iri.value.removeprefix(published.base)
    # https://developers.google.com/search/docs/appearance/structured-data/dataset says what is read of it.
    facts = {
        **_thing(published, path, "Dataset"),
        "name": work.title.say(language),
        "description": work.description.say(language),
        "inLanguage": language,
        "includedInDataCatalog": {"@id": published.iri("catalog").value},
        "distribution": [_download(published, work, dump) for dump in work.dumps],
        **_terms(published, work),
    }
    if not published.profile.is_bundled:
        return facts
    facts |= {"version": published.version, "keywords": published.profile.texts(DCAT.keyword, language)}
    if work == published.data:
        facts |= {
            "temporalCoverage": "/".join(published.years),
            "spatialCoverage": [_place(published, one, language) for one in published.profile.nodes(DCTERMS.spatial)],
            "isBasedOn": [source.value for source in published.sources],
        }
    return facts


def _thing(published: Publication, path: str, kind: str) -> Json:
    address = published.at("" if path == "dataset" else path).value
    return {"@id": published.iri(path).value, "@type": kind, "url": address, "identifier": published.iri(path).value}


def _terms(published: Publication, work: Work) -> Json:
    """Who publishes it, when and on what terms."""
    terms: Json = {"isAccessibleForFree": True} if work.licence else {}
    for role, name in (("creator", published.creator), ("publisher", published.publisher)):
        if name:
            terms[role] = {"@id": published.agents[name].value, "@type": "Organization", "name": name}
    if work.licence:
        terms["license"] = work.licence.address
    if published.issued:
        terms |= {"datePublished": published.issued, "dateModified": published.modified}
    return terms


def _download(published: Publication, work: Work, dump: Dump) -> Json:
    """Where a file is and how it is written; the catalogue has its size and hash, since a page must not make it."""
    kind = dump.form.media_type
    return {
        "@id": f"{work.iri.value}#{dump.name}",
        "@type": "DataDownload",
        "name": dump.name,
        "contentUrl": published.at(f"download/{dump.name}").value,
        "encodingFormat": [kind, PACKINGS[dump.packing]] if dump.packing else kind,
    }


def _place(published: Publication, area: NamedNode, language: str) -> Json:
    name = published.profile.text(SKOS.prefLabel, area).say(language)
    return {"@id": area.value, "@type": "AdministrativeArea", "name": name}
