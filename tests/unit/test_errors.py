"""Errors: each has its message in both languages, in every process."""

import ast
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Iterator

import pytest

import iqgraph
from iqgraph.bilingual import Text
from iqgraph.engine import errors
from iqgraph.engine.workers.worker import HEAD, pack_error, unpack_error
from iqgraph.errors import Inexpressible, LocalizedError, sentence
from iqgraph.web.http.problems import PROBLEM_TYPES, Problem
from repository import ROOT

WORDS = Text(de="Die Datei ist leer.", en="The file is empty.")
QUERY_ERRORS = (
    errors.QuerySyntaxError(WORDS, 3, 4),
    errors.QueryEvaluationError(WORDS),
    errors.Unwritable(WORDS),
    errors.GraphNameError("x" * 1000),
    errors.RowMissing(7, 2),
    errors.ServiceRefused(),
    errors.ServiceRefused(["https://b.example/q", "https://a.example/sparql"]),
    errors.UpdateRefused("LOAD"),
    errors.QueryTooExpensive(WORDS),
    errors.OutOfTime(0.5),
    errors.OutOfMemory(),
    errors.AnswerTooLarge(1 << 20),
    errors.Crashed(),
    errors.Disconnected(),
    errors.Unreadable("secret"),
    errors.Unreachable("secret"),
    errors.Overloaded(),
    errors.Interrupted(),
    errors.NotExplained(WORDS),
    errors.PartNotExplained("NOW()"),
)


def kinds(of: type[LocalizedError] = LocalizedError) -> Iterator[type[LocalizedError]]:
    """All error classes of the package."""
    for module in pkgutil.walk_packages(iqgraph.__path__, "iqgraph."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_the_list_of_query_errors_is_complete() -> None:
    """It has an instance of each class."""
    assert {type(one) for one in QUERY_ERRORS} == set(kinds(errors.QueryError))


@pytest.mark.parametrize("error", QUERY_ERRORS, ids=lambda one: type(one).__name__)
def test_an_error_can_be_sent_by_a_worker(error: errors.QueryError) -> None:
    """With its message and all its attributes."""
    actual = unpack_error(pack_error(error)[HEAD.size :])

    assert (type(actual), actual.text, vars(actual)) == (type(error), error.text, vars(error))
    assert isinstance(actual.text, Text)


@pytest.mark.parametrize("error", QUERY_ERRORS, ids=lambda one: type(one).__name__)
def test_messages_are_bilingual(error: errors.QueryError) -> None:
    """As a string an error is English, and contains no reason that is for the operator only."""
    assert error.text.de != error.text.en == str(error)
    assert "secret" not in "".join(error.text)
    assert all(len(one) < 600 for one in error.text)


@pytest.mark.parametrize("kind", [LocalizedError, Inexpressible])
def test_an_error_can_be_pickled(kind: type[LocalizedError]) -> None:
    """As `multiprocessing` does."""
    assert pickle.loads(pickle.dumps(kind(WORDS))).text == WORDS  # noqa: S301 - its own


def test_no_error_is_raised_in_one_language() -> None:
    """Where a kind takes a text, it gets one, or the words of both languages; also in code that no test runs.

    A problem without words is of a kind that has some for that.
    """
    takers = {
        kind.__name__
        for kind in kinds()
        if "Text" in str(inspect.signature(kind).parameters.values()) and not getattr(kind, "message", None)
    }
    wrong = []
    for path in (ROOT / "server/iqgraph").rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in takers:
                arguments = node.args[1:] if node.func.id == Problem.__name__ else node.args[:1]
                wrong += [(path.name, one.lineno) for one in arguments if isinstance(one, ast.JoinedStr | ast.Constant)]
                has_words = bool(arguments) or {"de", "en"} <= {keyword.arg for keyword in node.keywords}
                if node.func.id == Problem.__name__ and isinstance(slug := node.args[0], ast.Constant):
                    has_words = has_words or all(PROBLEM_TYPES[str(slug.value)].detail)
                wrong += [] if has_words else [(path.name, node.lineno)]

    assert takers >= {"CallError", "DatasetError", "Inexpressible", "Problem", "QueryEvaluationError"}
    assert wrong == []


def test_an_os_error_names_its_file() -> None:
    """In one sentence."""
    message = "a.ttl: No such file or directory."

    assert sentence(OSError(2, "No such file or directory", "a.ttl")) == Text(de=message, en=message)
