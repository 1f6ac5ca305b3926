"""The header of a file: what it says of itself in comments, before the first statement."""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.profile import BUNDLED
from ..terms import DATASET, DC, DCAT, DCTERMS, OWL, PROV, SCHEMA, SKOS

AUTHORS = BUNDLED.text(DC.creator).en
ADDRESSES = (DCTERMS.source, SCHEMA.url)
VERSIONS = (DCAT.version, OWL.versionInfo)
ORIGINS = (PROV.hadPrimarySource, PROV.wasDerivedFrom)


def lines(
    dataset: Dataset,
    work: NamedNode = DATASET,
    part: tuple[str, NamedNode] | None = None,
    *,
    titles: Text | None = None,
    digest: str = "",
) -> list[str]:
    """Titles, address, version, sources, licence, hash and citation of a work, or of a part of it with its name.

    Only what the dataset itself says stands there; a part of which it says nothing is called and cited by its `titles`.
    `digest` is the hash of the canonical form of what the file holds.
    """
    own = [Literal(titles.en, language="en"), Literal(titles.de, language="de")] if titles else []
    named = own or dataset.literals(work, DCTERMS.title)
    cited = part[1] if part and titles else work
    version = next((one.value for one in dataset.literals(work, *VERSIONS)), "")
    english = next((title.value for title in named if title.language == "en"), "")
    entries = [
        *([(part[0], part[1].value)] if part else []),
        *((f"Title ({title.language})", title.value) for title in named),
        ("Part of" if part else "Address", work.value),
        ("Version", version),
        *(("Source", source) for source in _sources(dataset, part[1] if part else work)),
        *(("Licence", _text(licence)) for licence in dataset.values(work, DCTERMS.license)),
        ("SHA-256 of the canonical form (RDFC-1.0)", digest),
        ("Cite as", f"{AUTHORS}: {english}. Version {version}. {cited.value}" if english and version else ""),
    ]
    return [" ".join(f"{name}: {value}".split()) for name, value in entries if value]


def in_turtle(entries: Iterable[str]) -> str:
    """The lines as comments of Turtle and TriG, with an empty line after them; nothing if there are none."""
    text = "".join(f"# {line}\n" for line in entries)
    return f"{text}\n" if text else ""


def in_xml(entries: Iterable[str], document: str) -> str:
    """The XML document with the lines as one comment below its declaration."""
    # https://www.w3.org/TR/xml/#sec-comments:
    # A comment of XML holds no two hyphens in a row.
    text = re.sub("-(?=-)", "- ", "".join(f"  {line}\n" for line in entries))
    if not text:
        return document
    declaration, end, rest = document.partition("?>")
    return f"{declaration}{end}\n<!--\n{text}-->{rest}"


def _sources(dataset: Dataset, node: NamedNode) -> list[str]:
    """What the node leads to as its sources; a document by its name and its address as well."""
    return [" ".join([*_names(dataset, one), one.value]) for one in dataset.nodes(node, *ORIGINS, DCTERMS.source)]


def _names(dataset: Dataset, source: NamedNode) -> list[str]:
    addresses = [_text(value) for name in ADDRESSES for value in dataset.values(source, name)]
    titles = [f"“{one.value}”" for one in dataset.literals(source, SKOS.prefLabel) if one.language == "de"]
    return [*titles[:1], *addresses[:1]]


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
