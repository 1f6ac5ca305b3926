"""The figures on recognition procedures as a table, and what its columns mean as CSV on the Web says it."""

import json
from collections.abc import Iterator
from functools import partial
from importlib.resources.abc import Traversable

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ..dataset import Dataset
from ..dataset.questions import Question, questions
from ..errors import DatasetError
from ..formats import CSV
from ..resources import Sources
from ..terms import CONCEPT, DATASET, ID, IQ, PROV, QUERY, RDFS
from .dumps import File

TABLE = "recognition-procedures.csv"
QUERY_FILE = "recognition-procedures.rq"
COLUMNS_FILE = f"{TABLE}-metadata.json"  # where CSV on the Web looks for it: https://www.w3.org/TR/tabular-metadata/
QUESTION = QUERY["which-figures-on-recognition-procedures-are-recorded"]
COLUMNS: dict[str, tuple[NamedNode, str, str]] = {
    "area": (IQ.refArea, "string", ""),
    "year": (IQ.refPeriod, "gYear", ""),
    "law": (IQ.legalBasis, "string", f"{CONCEPT.iri}{{law}}"),
    "figure": (IQ.figure, "string", f"{CONCEPT.iri}{{figure}}"),
    "cases": (IQ.caseGroup, "string", f"{CONCEPT.iri}{{cases}}"),
    "value": (IQ.obsValue, "integer", ""),
    "unit": (IQ.unit, "string", f"{CONCEPT.iri}{{unit}}"),
    "status": (IQ.modality, "string", ""),
    "precision": (IQ.precision, "string", f"{CONCEPT.iri}{{precision}}"),
    "source": (PROV.hadPrimarySource, "string", f"{ID.iri}source-{{source}}"),
}
KEY = ("area", "year", "law", "figure", "cases", "source")


def tables(dataset: Dataset, sources: Sources) -> Iterator[File]:
    """The table and the description of its columns, if the question that it answers for people is among the sources."""
    question = questions(sources).get(QUESTION.value)
    if question:
        yield File(TABLE, "table", partial(_rows, dataset, sources.ontology / "tables" / QUERY_FILE), QUESTION)
        yield File(COLUMNS_FILE, "table", partial(_columns, dataset, question), QUESTION)


def _rows(dataset: Dataset, file: Traversable) -> bytes:
    """The rows with their codes; the columns are those that are described."""
    answers = dataset.store.query(file.read_text(encoding="utf-8"))
    if not isinstance(answers, QuerySolutions) or [one.value for one in answers.variables] != list(COLUMNS):
        raise DatasetError(
            de=f"{file.name}: Die Spalten von {TABLE} sind {', '.join(COLUMNS)}.",
            en=f"{file.name}: the columns of {TABLE} are {', '.join(COLUMNS)}.",
        )
    content = answers.serialize(format=CSV.results)
    return content or b""


def _columns(dataset: Dataset, question: Question) -> bytes:
    """The names of the columns are those of the ontology, the title is the question."""
    columns = [_column(dataset, name, *described) for name, described in COLUMNS.items()]
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": TABLE,
        "dc:title": [{"@value": question.en, "@language": "en"}, {"@value": question.de, "@language": "de"}],
        "dc:license": {"@id": dataset.profile.licence.value if dataset.profile.licence else ""},
        "dc:source": {"@id": DATASET.value},
        "tableSchema": {"columns": columns, "primaryKey": list(KEY)},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _column(dataset: Dataset, name: str, path: NamedNode, datatype: str, value: str) -> dict[str, object]:
    labels = [label for label in dataset.values(path, RDFS.label) if isinstance(label, Literal)]
    titles = {label.language: label.value for label in labels if label.language}
    column: dict[str, object] = {"name": name, "titles": [name]}
    if titles:
        column["dc:description"] = [{"@value": titles[one], "@language": one} for one in sorted(titles)]
    column |= {"datatype": datatype, "required": True, "propertyUrl": path.value}
    return column | ({"valueUrl": value} if value else {})
