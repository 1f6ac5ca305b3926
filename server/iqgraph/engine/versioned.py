"""The engine of a dataset and of its older versions, all in one process."""

from collections.abc import Mapping, Sequence

from pyoxigraph import Store

from ..formats import Format
from ..terms import PREFIXES
from .embedded import Embedded
from .query import Query


class Versioned(Embedded):
    """Answers a query from the store of the version that it names, from the current one if it names none.

    The stores are loaded before the workers are made, which share their memory; so an older version costs a few
    megabytes once, and asking it is as limited as asking the current one.
    """

    def __init__(
        self,
        store: Store,
        prefixes: Mapping[str, str] = PREFIXES,
        most: int | None = None,
        older: Mapping[str, Store] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        super().__init__(store, prefixes, most, descriptors)
        self.older = {version: Embedded(one, prefixes, most) for version, one in (older or {}).items()}

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; only versions that are there can be asked."""
        if query.version:
            return self.older[query.version].answer(query, chosen, client)
        return super().answer(query, chosen, client)
