"""A query as it is asked: its text and the dataset that the request chose for it."""

from dataclasses import dataclass

from ..formats import RDF_FORMATS, Format, of_kind
from .errors import ServiceRefused, UpdateRefused
from .language.tokens import calls_service, keyword

RESULTS = of_kind("results")
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Query:
    """A query; graphs named here take the place of those in its own FROM clauses.

    `seconds` is how long the asker is willing to wait; it can shorten the limit of the service, not lengthen it.
    `version` is an older version of the dataset to ask; without it, the current one. One that is `unasked` is only
    read, and refused if that has to be; the answer is one of the words in `parsing`.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    version: str = ""
    unasked: bool = False

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT also for a text that is no query at all."""
        found = keyword(self.text)
        return found if found in FORMS else "SELECT"

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that an answer to this query can have, the preferred one first."""
        return RDF_FORMATS if self.form in ("CONSTRUCT", "DESCRIBE") else RESULTS

    @property
    def chooses_dataset(self) -> bool:
        """Whether the request itself says which graphs to ask."""
        return bool(self.default_graphs or self.named_graphs)

    def refuse(self) -> None:
        """Raise if the query would change the data or call another server."""
        found = keyword(self.text)
        if found and found not in FORMS:
            raise UpdateRefused(found)
        if calls_service(self.text):
            raise ServiceRefused
