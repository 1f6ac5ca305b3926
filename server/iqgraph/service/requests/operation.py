"""How the service is operated: behind which proxies, with which budgets, and what it writes down."""

from dataclasses import dataclass, field
from pathlib import Path

from ...engine import MIB
from ...settings import Settings
from .budget import Policy
from .journal import Access, Form, is_json, writer
from .lines import Lines
from .proxies import Proxies
from .querylog import Inquiry, Keeping, QueryLog

OFF = "off"


@dataclass(frozen=True, slots=True)
class Operation:
    """What is set for the running of a server; by default it trusts nobody, refuses nobody and writes nothing down."""

    proxies: Proxies = field(default_factory=Proxies)
    policy: Policy = field(default_factory=Policy)
    cache: int = 64 * MIB
    access: str = OFF
    form: Form = field(default_factory=Form)
    queries: Keeping | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Operation":
        """What is set."""
        queries = Keeping(
            Path(settings.query_log),
            settings.query_log_text,
            settings.query_log_time,
            settings.query_log_days,
            int(settings.query_log_size * MIB),
        )
        return cls(
            Proxies(settings.base_path, settings.trusted_proxies, settings.public_url),
            Policy(settings.budget, settings.budget_window),
            int(settings.cache_size * MIB),
            settings.access_log,
            Form(is_json(settings.log_format, settings.access_log), settings.log_addresses),
            queries if settings.query_log else None,
        )


class Logs:
    """The logs of requests and of queries, if they are kept."""

    def __init__(self, operation: Operation) -> None:
        self.access: Lines[Access] | None = None
        self.queries: Lines[Inquiry] | None = None
        if operation.access != OFF:
            self.access = Lines("access log", writer(operation.access, operation.form))
        if operation.queries:
            kept = QueryLog(operation.queries)
            self.queries = Lines("query log", kept.write, kept.tidy)

        self.kept = [one for one in (self.access, self.queries) if one is not None]

    def close(self) -> None:
        """Write what is left."""
        for one in self.kept:
            one.close()
