"""The errors of queries, each with a message for the person who wrote the query."""

from collections.abc import Collection
from traceback import clear_frames

from ..bilingual import Text, seconds_text, sentences
from ..errors import LocalizedError, shorten


def quote(message: str) -> Text:
    """A message of the engine, which is English in both languages."""
    return Text(de=f"Die Engine meldet: „{message}“", en=f"The engine says: “{message}”")


class QueryError(LocalizedError):
    """The query cannot be answered, and asking again will not help.

    A class has the `message` of all its errors, unless they differ, and the `advice` to follow, if there is any.
    """

    message: Text | None = None
    advice: Text | None = None

    def __init__(self, text: Text | None = None, *, de: str = "", en: str = "") -> None:
        super().__init__(text or self.message or Text(de=de, en=en))

    @property
    def text(self) -> Text:
        """The message and the advice."""
        return sentences(super().text, self.advice)


def release_frames(error: QueryError) -> None:
    """Free the variables of the frames that the traceback of an error refers to, and that of its cause.

    They hold results of the engine, which only the thread that made them may free; the garbage collector would do so in
    any thread: https://pyo3.rs/v0.25.0/class.html#customizing-the-class, `unsendable`.
    """
    for link in filter(None, (error, error.__cause__)):
        clear_frames(link.__traceback__)


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query; line and column count from 1."""

    def __init__(self, text: Text, line: int, column: int) -> None:
        super().__init__(text)
        self.line = line
        self.column = column


class QueryEvaluationError(QueryError):
    """The query is well formed, but something in it cannot be evaluated."""


class Unwritable(QueryError):
    """The format cannot express the answer; another one may."""

    advice = Text(de="Verlangen Sie die Antwort in einem anderen Format.", en="Ask for the answer in another format.")


class GraphNameError(QueryError):
    """The query names a graph by something that is no IRI."""

    def __init__(self, name: str) -> None:
        super().__init__(
            de=f"„{shorten(name)}“ ist keine vollständige IRI. Nennen Sie den Graphen mit seiner ganzen IRI.",
            en=f"“{shorten(name)}” is not an absolute IRI. Name the graph by its full IRI.",
        )


class RowMissing(QueryError):
    """The answer has no row of a number that the client asked for."""

    def __init__(self, number: int, count: int) -> None:
        super().__init__(
            de=f"row={number} gibt es nicht: Die Zeilen werden ab 0 gezählt, und ihre Zahl ist {count}.",
            en=f"There is no row={number}: rows are counted from 0, and their number is {count}.",
        )


class ServiceRefused(QueryError):
    """The query would make this server call another one."""

    advice = Text(
        de="Fragen Sie den anderen Dienst selbst, oder lassen Sie den Block SERVICE weg.",
        en="Run the federated part on your side, or leave the SERVICE block out.",
    )

    def __init__(self, allowed: Collection[str] = ()) -> None:
        if allowed:
            services = ", ".join(sorted(allowed))
            rule = Text(
                de=f"Dieser Endpunkt ruft nur diese Dienste auf, jeden unter seiner vollständigen IRI: {services}.",
                en=f"this endpoint calls only these services, each by its full IRI: {services}.",
            )
        else:
            rule = Text(
                de="Beantwortet wird nur aus den Daten hier; kein anderer Dienst wird aufgerufen.",
                en="queries are answered from the data here, and no other server is called.",
            )
        refusal = Text(de="SERVICE wird nicht ausgeführt:", en="SERVICE is refused:")
        super().__init__(sentences(refusal, rule))


class UpdateRefused(QueryError):
    """The text is an update, and the data cannot be changed over HTTP."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            de=f"{keyword} wird nicht ausgeführt: Abfragen ändern hier keine Daten. "
            "Möglich sind SELECT, ASK, CONSTRUCT und DESCRIBE.",
            en=f"{keyword} is refused: the data is read-only. Use SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )


class QueryTooExpensive(QueryError):
    """The query would need more than the limits of a query."""

    advice = Text(
        de="Setzen Sie ein LIMIT, legen Sie mehr vom Muster fest, oder fragen Sie in kleineren Teilen.",
        en="Add a LIMIT, bind more of the pattern, or ask for less at once.",
    )


class OutOfTime(QueryTooExpensive):
    """The query reached the time limit of a query."""

    def __init__(self, seconds: float) -> None:
        time = seconds_text(seconds)
        super().__init__(
            de=f"Die Abfrage wurde nach {time.de} abgebrochen, ehe die Antwort vollständig war.",
            en=f"The query was stopped after {time.en}, before the answer was complete.",
        )


class OutOfMemory(QueryTooExpensive):
    """The engine aborted: the query reached its memory limit, or its values have no order that the engine can sort by.

    See https://github.com/oxigraph/oxigraph/issues/1542 for the latter.
    """

    message = Text(
        de="Die Abfrage wurde abgebrochen, weil sie mehr Speicher brauchte, als eine Abfrage haben darf, "
        "oder weil sie Werte verschiedener Art sortiert; sortieren Sie dann nach STR(?x).",
        en="The query was stopped because it needed more memory than a query may have, "
        "or because it sorts values of different kinds; then use ORDER BY STR(?x).",
    )


class AnswerTooLarge(QueryTooExpensive):
    """The answer is longer than an answer may be."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            de=f"Die Antwort wäre größer als {max_bytes >> 20} MiB; darum wird nichts davon gesendet.",
            en=f"The answer would be larger than {max_bytes >> 20} MiB, so none of it is sent.",
        )


class Crashed(QueryTooExpensive):
    """The process that evaluated the query crashed."""

    message = Text(
        de="Die Auswertung der Abfrage ist abgestürzt; bei sehr tief verschachtelten Abfragen kommt das vor.",
        en="The evaluation of the query crashed; very deeply nested queries can cause this.",
    )


class Disconnected(Crashed):
    """The client has gone, so the evaluation was stopped."""


class Unreadable(QueryError):
    """The store cannot be read. That is no fault of the query; the `reason` is for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            de="Die Daten sind nicht lesbar. An der Abfrage liegt es nicht; versuchen Sie es später noch einmal.",
            en="The data cannot be read. The fault is not in the query; try again later.",
        )
        self.reason = reason


class Unreachable(QueryError):
    """The engine elsewhere does not answer. That is no fault of the query; the `reason` is for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            de="Die Engine hinter diesem Endpunkt antwortet nicht. Die Abfrage kann richtig sein; "
            "versuchen Sie es später noch einmal.",
            en="The engine behind this endpoint does not answer. The query may be right; try again later.",
        )
        self.reason = reason


class Overloaded(QueryError):
    """No worker is free for the query now; one may be later."""

    message = Text(
        de="Der Endpunkt ist mit anderen langen Abfragen beschäftigt.",
        en="The endpoint is busy with other long queries.",
    )
    advice = Text(de="Versuchen Sie es gleich noch einmal.", en="Try again in a moment.")


class Interrupted(Overloaded):
    """The system or the operator ended the process that evaluated the query."""

    message = Text(
        de="Der Prozess, der an der Abfrage arbeitete, wurde vom Betriebssystem oder vom Betreiber beendet; "
        "das kommt vor, wenn der Speicher knapp ist.",
        en="The operating system or the operator ended the process that worked on the query, "
        "as happens when memory is short.",
    )


class NotExplained(QueryError):
    """The query can be answered, but its answer cannot be explained."""

    def __init__(self, reason: Text) -> None:
        cannot = Text(de="Für diese Antwort lassen sich keine Belege angeben.", en="This answer cannot be explained.")
        super().__init__(sentences(cannot, reason))


class PartNotExplained(NotExplained):
    """The answer cannot be explained because of a part of the query."""

    def __init__(self, part: str) -> None:
        super().__init__(
            Text(
                de=f"Die Abfrage enthält „{shorten(part)}“. Stellen Sie sie ohne diesen Teil.",
                en=f"The query contains “{shorten(part)}”. Ask it without that part.",
            )
        )
