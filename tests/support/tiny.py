"""A dataset of one letter with two sentences, small enough to show what a test changes."""

from hashlib import sha256
from pathlib import Path

from iqgraph.dataset.passages import Passage, Table, digest_of
from iqgraph.release.versions import Release, keep
from iqgraph.resources import Sources
from iqgraph.terms import BASE, PREFIXES

LETTER = "\nAnna leads the choir of our small town with great patience.\n\nBen sings in it since 2020.\n"
SPANS = {"S01": (1, 60), "S02": (62, 89)}
HEAD = "".join(
    f"@prefix {prefix}: <{iri}> .\n"
    for prefix, iri in {**PREFIXES, "g": f"{BASE}graph/letter/", "p": f"{BASE}passage/letter/"}.items()
)

ONTOLOGY = """
iq:Person a owl:Class ; rdfs:label "person"@en ; rdfs:subClassOf foaf:Person .
iq:leads a owl:ObjectProperty ; rdfs:label "leads"@en .
"""

SAYS = """
g:S01 {
    id:anna a iq:Person ; skos:prefLabel "Anna"@de ; skos:prefLabel "Anna"@en ; iq:leads id:choir .
}
g:S02 {
    id:ben a iq:Person ; skos:prefLabel "Ben"@de ; skos:prefLabel "Ben"@en ; iq:singsIn id:choir .
}
"""

META = """
graph:meta {
    g:S01 a iq:StatementGraph ; prov:wasDerivedFrom p:S01 ; iq:modality concept:explicit .
    g:S02 a iq:StatementGraph ; prov:wasDerivedFrom p:S02 ; iq:modality concept:explicit .
}
"""

RULE = """# Who leads something is above all who sing in it.
# de: Wer etwas leitet, steht über allen, die darin singen.
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
CONSTRUCT { ?one iq:above ?other {| prov:wasDerivedFrom ?g1, ?g2 |} . ?other iq:below ?one }
WHERE { GRAPH ?g1 { ?one iq:leads ?what } GRAPH ?g2 { ?other iq:singsIn ?what } }
"""

SHAPE = """
shapes:Person a sh:NodeShape ;
    sh:targetClass iq:Person ;
    sh:property shapes:Person-label .

shapes:Person-label a sh:PropertyShape ;
    sh:path skos:prefLabel ;
    sh:minCount 2 ;
    sh:message "Eine Person hat zwei Namen."@de ;
    sh:message "A person has two names."@en .
"""

EVIDENCE = """# Each graph of a passage leads to a passage.
# de: Jeder Graph einer Textstelle führt zu einer Textstelle.
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?focus ?path ?graph WHERE {
    GRAPH ?graph { ?focus a iq:StatementGraph }
    BIND(prov:wasDerivedFrom AS ?path)
    FILTER NOT EXISTS { ?focus prov:wasDerivedFrom ?passage }
    FILTER(STRSTARTS(STR(?focus), "https://w3id.org/iq-hessen/graph/letter/"))
}
"""


def passages(text: str = LETTER) -> str:
    """The letter and its passages as TriG, with offsets and hashes of the text."""
    blocks = [_passage(name, start, end, text) for name, (start, end) in SPANS.items()]
    letter = f"""id:letter a iq:Document ; iq:characterCount {len(text)} ; spdx:checksum <{BASE}id/letter#checksum> .
        <{BASE}id/letter#checksum> spdx:checksumValue "{_digest(text)}"^^xsd:hexBinary .
    """
    return f"<{BASE}graph/passages/letter> {{\n{letter}{''.join(blocks)}}}\n"


def table(name: str, text: str) -> str:
    """The table of the passages of a text, as in the files of documents."""
    passages = (
        Passage(slug, 1, "Sentence", start, end, digest_of(text[start:end])) for slug, (start, end) in SPANS.items()
    )
    return Table(name, len(text), digest_of(text), tuple(passages)).text()


def tabulate(root: Path) -> None:
    """Keep the passages of the letter in a table, in place of statements."""
    (root / "data/letter/passages.trig").unlink()
    put(root, "data/letter/passages.csv", table("letter", LETTER))


def write(root: Path) -> Sources:
    """Write the tiny dataset below a folder."""
    files = {
        "ontology/iq.ttl": HEAD + ONTOLOGY,
        "ontology/rules/10-above.rq": RULE,
        "data/letter/passages.trig": HEAD + passages(),
        "data/letter/01-all.trig": HEAD + SAYS,
        "data/letter/graphs.trig": HEAD + META,
        "shapes/person.ttl": HEAD + SHAPE,
        "shapes/evidence/graph-leads-to-passage.rq": EVIDENCE,
    }
    for name, text in files.items():
        put(root, name, text)
    return Sources(root / "ontology", root / "data", root / "shapes")


def put(root: Path, name: str, text: str) -> Path:
    """Write one file and the folders it needs."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def change(root: Path, name: str, old: str, new: str) -> None:
    """Change one place of one file."""
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def number(root: Path, version: str, prior: str = "") -> None:
    """Let the ontology say which version it is, and which one was before it."""
    before = f"owl:priorVersion <{BASE}ontology/{prior}> ; " if prior else ""
    header = f'<{BASE}ontology> {before}owl:versionIRI <{BASE}ontology/{version}> ; owl:versionInfo "{version}" .'
    put(root, "ontology/version.ttl", HEAD + header)


def release(root: Path, version: str, day: str, prior: str = "") -> Release:
    """Number the tiny dataset, and keep it as it is."""
    number(root, version, prior)
    return keep(version, day, Sources(root / "ontology", root / "data", root / "shapes"), package=version)


def history(root: Path) -> Sources:
    """The tiny dataset with two releases, and changed once more since: Cleo is there in the second one only."""
    sources = write(root)
    says, cleo = "data/letter/01-all.trig", 'id:cleo a iq:Person ; skos:prefLabel "Cleo <b>"@en .'
    release(root, "1.0.0", "2020-01-31")
    change(root, says, '"Ben"@en', '"Benny \\"B.\\""@en')
    change(root, says, " ; iq:leads id:choir", "")
    change(root, says, "g:S02 {", f"g:S02 {{ {cleo}")
    release(root, "1.1.0", "2020-03-01", "1.0.0")
    change(root, says, cleo, "")
    return sources


def _passage(name: str, start: int, end: int, text: str) -> str:
    iri = f"{BASE}passage/letter/{name}"
    return f"""p:{name} a iq:Passage ; oa:hasSource id:letter ; oa:hasSelector <{iri}#selector> ;
        spdx:checksum <{iri}#checksum> .
    <{iri}#selector> oa:start {start} ; oa:end {end} .
    <{iri}#checksum> spdx:checksumValue "{_digest(text[start:end])}"^^xsd:hexBinary .
    """


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
