"""Citations of the data, and of one answer it gave, in the forms that reference managers and registries read."""

import json
from dataclasses import dataclass
from hashlib import sha256
from textwrap import fill

from ..bilingual import Text
from ..terms import DCAT
from .publication import CC_BY, CODE_LICENCE, Publication

NEWLINE = "\n"
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


def datacite(citation: Citation) -> str:
    """The metadata of DataCite, version 4, as JSON; it has no DOI, since none was registered."""
    published, result = citation.published, citation.result
    others = [(citation.address, "URL"), (citation.sha256, "SHA-256 of the data (RDFC-1.0)")]
    others += [(result.sha256, "SHA-256 of the answer (sorted lines)")] if result else []
    # https://schema.datacite.org/meta/kernel-4/
    record = {
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Query result" if result else "Knowledge graph"},
        "creators": [{"name": published.creator, "nameType": "Organizational"}],
        "titles": [{"title": citation.title.en, "lang": "en"}, {"title": citation.title.de, "lang": "de"}],
        "publisher": {"name": published.publisher},
        "publicationYear": citation.year,
        "subjects": [{"subject": word, "lang": "en"} for word in published.profile.texts(DCAT.keyword, "en")],
        "dates": [
            {"date": published.issued, "dateType": "Issued"},
            {"date": published.modified, "dateType": "Updated"},
        ],
        "language": "en",
        "version": published.version,
        "url": citation.address,
        "alternateIdentifiers": [
            {"alternateIdentifier": value, "alternateIdentifierType": kind} for value, kind in others
        ],
        "relatedIdentifiers": _related(citation),
        "rightsList": _rights(published),
        "descriptions": _descriptions(citation),
        "geoLocations": [{"geoLocationPlace": published.area.en}],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def cff(published: Publication) -> str:
    """The citation file of the repository, which holds data and software."""
    # https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md
    return f"""cff-version: 1.2.0
message: Please cite this dataset and its software as below.
type: dataset
title: {published.profile.title.en}
abstract: >-
{fill(published.data.description.en, 110, initial_indent="  ", subsequent_indent="  ")}
version: {published.version}
date-released: {published.modified}
authors:
  - name: {published.creator}
url: {published.data.iri.value}
keywords:
{"".join(f"  - {word}{NEWLINE}" for word in published.profile.texts(DCAT.keyword, "en"))}license:
  - {CODE_LICENCE}
  - {published.data.licence.spdx if published.data.licence else ""}
  - {CC_BY.spdx}
"""


def _rights(published: Publication) -> list[dict[str, str]]:
    licence = published.data.licence
    if licence is None:
        return []
    rights = {"rights": licence.name, "rightsUri": licence.address}
    spdx = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}
    return [rights | {"rightsIdentifier": licence.spdx} | spdx if licence.spdx else rights]


def _related(citation: Citation) -> list[dict[str, str]]:
    """An answer is derived from the data, the data from its documents."""
    published = citation.published
    sources = [published.data.iri] if citation.result else published.sources
    return [
        {"relatedIdentifier": source.value, "relatedIdentifierType": "URL", "relationType": "IsDerivedFrom"}
        for source in sources
    ]


def _descriptions(citation: Citation) -> list[dict[str, str]]:
    about = citation.published.data.description
    abstracts = [
        {"description": about.say(language), "descriptionType": "Abstract", "lang": language}
        for language in ("en", "de")
    ]
    if not citation.result:
        return abstracts
    return [{"description": citation.result.query, "descriptionType": "Methods"}, *abstracts]
