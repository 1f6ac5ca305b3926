"""The engine inside this process."""

from collections.abc import Mapping
from typing import Any

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from ..formats import Format
from ..serialisation import serialise
from ..terms import PREFIXES
from .diagnosis import syntax_error
from .errors import QueryEvaluationError
from .graphs import scope
from .query import Query


class Embedded:
    """Answers queries from a store in memory; what it returns is always complete."""

    def __init__(self, store: Store, prefixes: Mapping[str, str] = PREFIXES) -> None:
        self.store = store
        self.prefixes = prefixes

    def answer(self, query: Query, chosen: Format) -> bytes:
        """The whole answer in the chosen format, or a QueryError."""
        query.refuse()
        try:
            return self._write(self._evaluate(query), chosen)
        except SyntaxError as error:
            raise syntax_error(query.text, str(error)) from error
        except (RuntimeError, ValueError) as error:
            raise QueryEvaluationError(str(error)) from error

    def _evaluate(self, query: Query) -> QuerySolutions | QueryBoolean | QueryTriples:
        seen = scope(self.store, query)
        graphs: dict[str, Any] = {"default_graph": seen.default, "named_graphs": seen.named}
        return seen.store.query(query.text, **graphs)

    def _write(self, results: QuerySolutions | QueryBoolean | QueryTriples, chosen: Format) -> bytes:
        if isinstance(results, QueryTriples):
            return serialise(results, chosen, self.prefixes)
        return results.serialize(format=chosen.results) or b""
