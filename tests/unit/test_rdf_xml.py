"""RDF/XML: a file that is wrong is told with its line."""

from pathlib import Path

import pytest

from iqgraph.dataset import load_plain
from iqgraph.errors import DatasetError

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:b="urn:b:">\n\n'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<rdf:Description rdf:about="urn:a b"/></rdf:RDF>', "line 3: .*: urn:a b"),
        ('\n<rdf:Description><b:c xml:lang="français">x</b:c></rdf:Description></rdf:RDF>', "line 4: .*: français"),
        ('<rdf:Description><b:c rdf:resource="urn:x|y"/></rdf:Description></rdf:RDF>', r"line 3: .*: urn:x\|y"),
        ("<rdf:Description><b:c>x</b:d></rdf:Description></rdf:RDF>", "line 3: "),
        ("<rdf:Description>", "line 3: "),
    ],
)
def test_the_line_is_told(tmp_path: Path, body: str, reason: str) -> None:
    """Of a fault of XML, and of a value that RDF does not know."""
    file = tmp_path / "a.rdf"
    file.write_text(HEAD + body, encoding="utf-8")

    with pytest.raises(DatasetError, match=rf"a\.rdf, {reason}"):
        load_plain([file])


def test_entities_have_a_bound(tmp_path: Path) -> None:
    """A file whose entities would fill the memory ends in a sentence."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    file = tmp_path / "a.rdf"
    file.write_text(f'<!DOCTYPE r [<!ENTITY e0 "ha">{entities}]>\n{HEAD}<b:c b:d="&e11;"/></rdf:RDF>', encoding="utf-8")

    with pytest.raises(DatasetError, match=r"a\.rdf"):
        load_plain([file])
