"""The settings of the service, each declared once: flags, variables, TOML keys, defaults and docs derive from here."""

import math
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import click

from .errors import without_login

PREFIX = "IQGRAPH_"
NETWORK, DATA, LIMITS, LOGGING = "Network", "Data", "Limits", "Logging"
PUBLISHER, REMOTE_ENGINE, PUSH = "Publisher", "Credentials for a remote engine", "Credentials for `iqgraph push`"
CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
DAY = 86400
MIB, TIB = 1 << 20, 1 << 20  # in bytes, in MiB
# A container may use only some cores of the machine, which os.cpu_count() ignores (sched_getaffinity(2)).
CORES = len(os.sched_getaffinity(0))
_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_PATH = r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)"
_WEB_ADDRESS = r"https?://[^\s<>\"{}|\\^`/]+(?:/[^\s<>\"{}|\\^`]*)?"
_MAIL = re.compile(r"(?:mailto:)?([^\s<>\"{}|\\^`:/?#@]+@[^\s<>\"{}|\\^`:/?#@]+)")


class _Range(click.ParamType[Any]):
    """A range whose `name` says in messages what is valid."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        """Refuse NaN too, which passes every comparison with the limits."""
        with suppress(click.BadParameter):
            number = super().convert(value, param, ctx)
            if not math.isnan(number):
                return number
        return self.fail(f"{str(value)!r} is not a valid {self.name}.", param, ctx)


class WholeNumber(_Range, click.IntRange):
    """An integer in a range."""

    def __init__(self, minimum: int, maximum: int) -> None:
        super().__init__(minimum, maximum)
        self.name = f"whole number from {minimum:,} to {maximum:,}"


class Number(_Range, click.FloatRange):
    """A number in a range."""

    def __init__(self, minimum: float, maximum: float) -> None:
        super().__init__(minimum, maximum)
        self.name = f"number from {minimum:,g} to {maximum:,}"


class TextType(click.ParamType[Any]):
    """A parameter type whose `parse` raises ValueError for invalid texts; `name` says what is valid."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name, self.parse = name, parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        """Parse the value; the error message does not repeat a password in a URL."""
        try:
            return self.parse(str(value))
        except ValueError:
            self.fail(f"{without_login(str(value))!r} is not {self.name}.", param, ctx)


def pattern(name: str, regex: str) -> TextType:
    """Return a type for texts that match a regular expression."""

    def parse(text: str) -> str:
        if not re.fullmatch(regex, text):
            raise ValueError(text)
        return text

    return TextType(name, parse)


def _parse_contact(text: str) -> str:
    mail = _MAIL.fullmatch(text)
    return f"mailto:{mail[1]}" if mail else str(WEB_ADDRESS.parse(text))


TEXT = TextType("a text", lambda text: " ".join(text.split()))
PATH = pattern("a path", r"[^\0]*")
ENDPOINT = pattern("a plain address such as http://localhost:7878/query", r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?")
WEB_ADDRESS = pattern("a web address", _WEB_ADDRESS)
CONTACT = TextType("an e-mail address or a web address", _parse_contact)
CONTRIBUTOR = pattern(f"an IRI of the list {CONTRIBUTORS} of GovData", re.escape(CONTRIBUTORS) + r"[^\s<>\"{}|\\^`/]+")
PROXY = TextType("an address or a network such as 127.0.0.1 or 10.0.0.0/8", ip_network)
PUBLIC_URL = pattern(
    "an address such as https://data.example/kg, without a slash at its end", f"https?://{_HOST}{_PATH}*"
)


class Setting(click.Option):
    """A setting as a command-line option; `key` is its key in TOML, and `name` the field of `Settings`.

    A `secret` setting is never printed, and is read from the environment only, since other users can see flags and
    files. `default_text` describes a default that depends on the machine.
    """

    def __init__(
        self,
        name: str,
        default: object,
        *,
        group: str,
        secret: bool = False,
        default_text: str = "",
        **options: Any,  # noqa: ANN401 - those of click.Option
    ) -> None:
        self.key, self.group, self.secret, self.default_text = name.replace("_", "-"), group, secret, default_text
        super().__init__(
            [f"--{self.key}"],
            default=None if default in ("", ()) else default,
            envvar=PREFIX + name.upper(),
            show_default=default_text or True,  # a default that depends on this machine would differ from the docs
            hidden=secret,
            **options,
        )

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:  # noqa: ANN401 - click's own
        """Add the flag, unless the setting is secret."""
        if not self.secret:
            super().add_to_parser(parser, ctx)


def _setting(default: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - each setting has its own type
    """Declare a field of `Settings` with group, type, help and metavar of its `Setting`, and further options."""
    positional = dict(zip(("group", "type", "help", "metavar"), arguments, strict=False))
    return field(default=default, metadata=positional | options)


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of all settings."""

    host: str = _setting(
        "127.0.0.1", NETWORK, TEXT, "Address to listen on; `::` and `0.0.0.0` mean all interfaces.", "HOST"
    )
    port: int = _setting(8000, NETWORK, WholeNumber(0, 65535), "Port to listen on; 0 chooses a free one.", "PORT")
    public_url: str = _setting(
        "", NETWORK, PUBLIC_URL, "Public address of the site, used in every link whatever the request says.", "URL"
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        (),
        NETWORK,
        PROXY,
        "Proxies whose headers on client, scheme, host, path and request id are trusted.",
        "NETWORK",
        multiple=True,
    )
    store: str = _setting("", DATA, PATH, "Folder of an on-disk store for the served files.", "DIR")
    engine: str = _setting("", DATA, ENDPOINT, "SPARQL endpoint that holds the data and answers the queries.", "URL")
    allow_service: tuple[str, ...] = _setting(
        (), DATA, ENDPOINT, "Endpoints that SERVICE may call.", "URL", multiple=True
    )
    timeout: float = _setting(10.0, LIMITS, Number(0.001, DAY), "Time limit of a query.", "SECONDS")
    memory: float = _setting(512.0, LIMITS, Number(1, TIB), "Memory limit of a query.", "MIB")
    answer_size: float = _setting(64.0, LIMITS, Number(0.001, 4096), "Size limit of an answer.", "MIB")
    # More workers than cores compete for them: eight on two cores cost 15 % in the mix of tests/benchmarks/endpoint.py.
    workers: int = _setting(
        max(2, CORES),
        LIMITS,
        WholeNumber(1, 1024),
        "Queries that run at the same time.",
        "N",
        default_text="one per core, at least 2",
    )
    queue: int = _setting(64, LIMITS, WholeNumber(0, 65536), "Queries that may wait for a worker.", "N")
    queue_time: float = _setting(
        2.0, LIMITS, Number(0.001, 3600), "Time that a query may wait for a worker.", "SECONDS"
    )
    long_queries: int = _setting(
        12, LIMITS, WholeNumber(0, 1024), "Queries over 0.1 s that run beside the others.", "N"
    )
    long_queries_client: int = _setting(8, LIMITS, WholeNumber(0, 1024), "Queries over 0.1 s of one client.", "N")
    long_memory: float = _setting(1200.0, LIMITS, Number(1, TIB), "Memory of all queries over 0.1 s together.", "MIB")
    grace: float = _setting(
        10.0, LIMITS, Number(0.001, 3600), "Time for running requests to finish when the service stops.", "SECONDS"
    )
    cache_size: float = _setting(64.0, LIMITS, Number(0, TIB), "Memory for cached answers.", "MIB")
    # Behind a proxy that is not in `trusted_proxies` all clients look like one, so there is no budget by default.
    budget: float = _setting(
        0.0,
        LIMITS,
        Number(0, 7 * DAY),
        "Work for one client within the budget window; 0 means no limit.",
        "SECONDS",
    )
    budget_window: int = _setting(
        600, LIMITS, WholeNumber(1, 7 * DAY), "Time in which an exhausted budget refills.", "SECONDS"
    )
    log_level: str = _setting(
        "info", LOGGING, click.Choice(["debug", "info", "warning", "error"]), "Least severe messages to log."
    )
    log_format: str = _setting(
        "auto", LOGGING, click.Choice(["auto", "text", "json"]), "Format of the lines; auto: text on terminals."
    )
    log_file: str = _setting("", LOGGING, PATH, "File for the log, instead of standard error.", "FILE")
    query_log: str = _setting("", LOGGING, PATH, "Folder for a log of the queries, one file per day.", "DIR")
    query_log_days: int = _setting(
        30, LOGGING, WholeNumber(1, 36500), "Days after which query logs are deleted.", "DAYS"
    )
    query_log_size: float = _setting(
        1024.0, LOGGING, Number(1, TIB), "Total size of the query logs; the oldest are deleted first.", "MIB"
    )
    publisher: str = _setting("", PUBLISHER, TEXT, "Name of the publisher of the site.", "NAME")
    publisher_iri: str = _setting("", PUBLISHER, WEB_ADDRESS, "IRI of the publisher.", "IRI")
    contact: str = _setting("", PUBLISHER, CONTACT, "E-mail or web address of the publisher.", "ADDRESS")
    contributor: str = _setting("", PUBLISHER, CONTRIBUTOR, "Contributor ID assigned by GovData.", "IRI")
    engine_user: str = _setting("", REMOTE_ENGINE, TEXT, "User name for `--engine`, with the password.", secret=True)
    engine_password: str = _setting("", REMOTE_ENGINE, TEXT, "Password for `--engine`.", secret=True)
    engine_token: str = _setting(
        "", REMOTE_ENGINE, TEXT, "Bearer token for `--engine`, instead of name and password.", secret=True
    )
    password: str = _setting("", PUSH, TEXT, "Password of `iqgraph push --user NAME`.", secret=True)
    token: str = _setting("", PUSH, TEXT, "Bearer token of `iqgraph push`.", secret=True)

    @property
    def answer_bytes(self) -> int:
        """The size of one answer in bytes."""
        return int(self.answer_size * MIB)


_OPTIONS = (Setting(row.name, row.default, **row.metadata) for row in fields(Settings))
SETTINGS = {setting.key: setting for setting in _OPTIONS}
GROUPS = list(dict.fromkeys(setting.group for setting in SETTINGS.values()))
