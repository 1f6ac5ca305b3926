"""What the running site has done, in the text format of Prometheus (version 0.0.4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app

from ..engine import State
from .site import site

bp = Blueprint("metrics", __name__)

EXTENSION = "iqgraph.metrics"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}


@dataclass(slots=True)
class Metrics:
    """Counts since the start, and how much is kept for repetition."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    repeated: int = 0
    kept: int = 0

    def count(self, method: str, status: int, kept: int) -> None:
        """Count an answer; `kept` are the bytes that the answer cache holds now."""
        self.answers[method if method in METHODS else "other", status] += 1
        self.kept = kept


@bp.get("/metrics")
def metrics() -> Response:
    """The numbers now; they are never kept."""
    found: Metrics = current_app.extensions.get(EXTENSION) or Metrics()
    lines = [
        "# HELP iqgraph_answers_total Answers since the start, by method and status.",
        "# TYPE iqgraph_answers_total counter",
        *(
            f'iqgraph_answers_total{{method="{method}",status="{status}"}} {number}'
            for (method, status), number in sorted(found.answers.items())
        ),
        *_single("answers_repeated_total", "counter", "Answers that were given before and kept.", found.repeated),
        *_single("answer_cache_bytes", "gauge", "Bytes of answers that are kept.", found.kept),
        *_single("statements", "gauge", "Statements in the dataset, each counted once.", site().dataset.statements),
        *_engines(site().engine.states()),
    ]
    response = Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _engines(states: Sequence[State]) -> list[str]:
    """How the engines elsewhere are, each by its number in the order of the call."""
    told = [
        ("up", "gauge", "Whether queries go to the engine.", [int(one.up) for one in states]),
        ("running", "gauge", "Queries that the engine is asked now.", [one.running for one in states]),
        ("answers_total", "counter", "Queries that the engine answered.", [one.answered for one in states]),
        ("failures_total", "counter", "Queries that the engine failed to answer.", [one.failed for one in states]),
    ]
    return [
        line
        for name, kind, meaning, values in (told if states else [])
        for line in (
            f"# HELP iqgraph_engine_{name} {meaning}",
            f"# TYPE iqgraph_engine_{name} {kind}",
            *(
                f'iqgraph_engine_{name}{{engine="{one.number}"}} {value}'
                for one, value in zip(states, values, strict=True)
            ),
        )
    ]


def _single(name: str, kind: str, meaning: str, value: int) -> list[str]:
    return [f"# HELP iqgraph_{name} {meaning}", f"# TYPE iqgraph_{name} {kind}", f"iqgraph_{name} {value}"]
