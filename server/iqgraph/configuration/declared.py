"""Every setting of the service, each declared once: flags, variables, keys, defaults and documents come from here."""

import os
from dataclasses import dataclass
from typing import Any

from .allowed import (
    BASE_PATH,
    CONTACT,
    CONTRIBUTOR,
    ENDPOINT,
    NETWORK,
    PATH,
    TEXT,
    WEB_ADDRESS,
    Allowed,
    amount,
    choice,
    whole,
)

PREFIX = "IQGRAPH_"
WEEK = 7 * 86400
TIB = 1 << 20  # in MiB
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name as flag and key, what it may be, its default, and its meaning in one sentence.

    One with `many` values takes several of what is allowed. One that is `secret` is never shown, and is read from the
    environment only, since flags and files are seen by others. `usual` tells a default that depends on the machine in
    words. `alternative` is what is told to whoever gives several
    values of a setting that had several once.
    """

    name: str
    allowed: Allowed
    default: Any
    meaning: str
    unit: str = ""
    many: bool = False
    secret: bool = False
    alternative: str = ""
    usual: str = ""

    @property
    def flag(self) -> str:
        """The flag of the command line."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name.upper().replace("-", "_")

    @property
    def words(self) -> str:
        """What is allowed, in words."""
        return f"{self.allowed.words}{', one or more' if self.many else ''}"


GROUPS: dict[str, tuple[Setting, ...]] = {
    "Where it answers": (
        Setting("host", TEXT, "127.0.0.1", "Address to listen on; `::` and `0.0.0.0` are all of this machine.", "HOST"),
        Setting("port", whole(0, 65535), 8000, "Port to listen on; 0 chooses a free one.", "PORT"),
        Setting("base-path", BASE_PATH, "", "Path below which a proxy shows the site.", "PATH"),
        Setting(
            "trusted-proxies",
            NETWORK,
            (),
            "Proxies whose word about client, scheme, host, path and request id is taken.",
            "NETWORK",
            many=True,
        ),
    ),
    "What is served": (
        Setting("store", PATH, "", "Folder of an on-disk store for the files that are served.", "DIR"),
        Setting(
            "engine",
            ENDPOINT,
            "",
            "SPARQL endpoint that holds the data and answers the queries.",
            "URL",
            alternative="Let several engines stand behind one nginx, and name its address; docs/scaling.md tells how.",
        ),
        Setting("allow-service", ENDPOINT, (), "Endpoints that SERVICE may call.", "URL", many=True),
    ),
    "What queries may use": (
        Setting("timeout", amount(0.001, 86400), 10.0, "Time for one query.", "SECONDS"),
        Setting("memory", amount(1, TIB), 512.0, "Memory of one query.", "MIB"),
        Setting("answer-size", amount(0.001, 4096), 64.0, "Size of one answer.", "MIB"),
        Setting(
            "workers", whole(1, 1024), max(2, CORES), "Queries that run at a time.", "N", usual="one a core, at least 2"
        ),
        Setting("queue", whole(0, 65536), 64, "Queries that wait for their turn.", "N"),
        Setting("queue-time", amount(0.001, 3600), 2.0, "Time that a query waits for its turn.", "SECONDS"),
        Setting("long-queries", whole(0, 1024), 12, "Queries over 0.1 s that run beside the others.", "N"),
        Setting("long-queries-client", whole(0, 1024), 8, "Queries over 0.1 s of one client.", "N"),
        Setting("long-memory", amount(1, TIB), 1200.0, "Memory of all queries over 0.1 s together.", "MIB"),
        Setting(
            "grace", amount(0.001, 3600), 10.0, "Time for running requests once the service is told to stop.", "SECONDS"
        ),
        Setting("cache-size", amount(0, TIB), 64.0, "Memory for answers that may be asked for again.", "MIB"),
        Setting(
            "budget",
            amount(1, WEEK, zero=True),
            0.0,
            "Work that one client may cause within the window of the budget; 0 is no limit.",
            "SECONDS",
        ),
        Setting("budget-window", whole(1, WEEK), 600, "Time in which a used-up budget is whole again.", "SECONDS"),
    ),
    "What is written down": (
        Setting("log-level", choice("debug", "info", "warning", "error"), "info", "What is worth a line.", "LEVEL"),
        Setting(
            "log-format",
            choice("auto", "text", "json"),
            "auto",
            "Form of the lines; auto: text on terminals.",
            "FORM",
        ),
        Setting("log-file", PATH, "", "File for the log, instead of standard error.", "FILE"),
        Setting("access-log", PATH, "off", "One line a request: off, stderr, stdout or a file.", "WHERE"),
        Setting(
            "log-addresses",
            choice("none", "network", "full"),
            "none",
            "Addresses of clients in the access log; network is cut to /24 or /48.",
            "HOW",
        ),
        Setting("query-log", PATH, "", "Folder for a log of the queries, one file a day.", "DIR"),
        Setting(
            "query-log-text",
            choice("normalised", "none", "whole"),
            "normalised",
            "Text of the queries there; normalised leaves out literals and comments.",
            "HOW",
        ),
        Setting(
            "query-log-time",
            choice("day", "hour", "minute", "second"),
            "hour",
            "How exactly it tells when a query came.",
            "HOW",
        ),
        Setting("query-log-days", whole(1, 36500), 30, "Days after which its files are removed.", "DAYS"),
        Setting("query-log-size", amount(1, TIB), 1024.0, "Size of all its files; the oldest go first.", "MIB"),
    ),
    "Who publishes": (
        Setting("publisher", TEXT, "", "Name of who publishes the site.", "NAME"),
        Setting("publisher-iri", WEB_ADDRESS, "", "IRI of who publishes the site.", "IRI"),
        Setting("contact", CONTACT, "", "Where to reach them.", "ADDRESS"),
        Setting("contributor", CONTRIBUTOR, "", "The contributor ID that GovData gave.", "IRI"),
    ),
    "What an engine elsewhere asks for": (
        Setting("engine-user", TEXT, "", "Name for `--engine`, with the password.", secret=True),
        Setting("engine-password", TEXT, "", "Password for `--engine`.", secret=True),
        Setting("engine-token", TEXT, "", "Bearer token for `--engine`, instead of name and password.", secret=True),
    ),
    "What only `push` needs": (
        Setting("password", TEXT, "", "Password of `iqgraph push --user NAME`.", secret=True),
        Setting("token", TEXT, "", "Bearer token of `iqgraph push`.", secret=True),
    ),
}
SETTINGS = {setting.name: setting for group in GROUPS.values() for setting in group}
