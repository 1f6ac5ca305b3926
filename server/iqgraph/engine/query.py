"""A query as it is asked: its text, what can be read from that, and the dataset that the request chose for it.

What is read from the text is read when it is first needed, and once, however many need it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..formats import RDF_FORMATS, Format, of_kind
from .errors import ServiceRefused, UpdateRefused
from .language import tokens

RESULTS = of_kind("results")
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True)
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

    @cached_property
    def prologue(self) -> str:
        """The beginning of the text, which declares prefixes and base."""
        return tokens.prologue(self.text)

    @cached_property
    def keyword(self) -> str:
        """The keyword that says what the text is, such as SELECT or INSERT; empty if there is none."""
        return tokens.keyword(self.text, len(self.prologue))

    @cached_property
    def from_clauses(self) -> Sequence[tuple[bool, str]]:
        """What the FROM clauses name, as it is written, and whether with NAMED."""
        return tokens.from_clauses(self.text)

    @cached_property
    def described(self) -> Sequence[str]:
        """What DESCRIBE names, as it is written."""
        return tokens.described(self.text, len(self.prologue))

    @cached_property
    def names_service(self) -> bool:
        """Whether the word SERVICE is in the text, perhaps in a string; without it, no service is called."""
        return tokens.names_service(self.text)

    @cached_property
    def calls_service(self) -> bool:
        """Whether a parser could read a call of another service in the text."""
        return tokens.calls_service(self.text)

    @cached_property
    def is_repeatable(self) -> bool:
        """Whether the same data always gives the same answer: no function of time or chance is called."""
        return tokens.is_repeatable(self.text)

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT also for a text that is no query at all."""
        return self.keyword if self.keyword in FORMS else "SELECT"

    @property
    def has_graph(self) -> bool:
        """Whether its answer is a graph, not rows or a truth."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that an answer to this query can have, the preferred one first."""
        return RDF_FORMATS if self.has_graph else RESULTS

    @property
    def chooses_dataset(self) -> bool:
        """Whether the request itself says which graphs to ask."""
        return bool(self.default_graphs or self.named_graphs)

    def refuse(self) -> None:
        """Raise if the query would change the data or call another server."""
        if self.keyword and self.keyword not in FORMS:
            raise UpdateRefused(self.keyword)
        if self.calls_service:
            raise ServiceRefused
