"""What all commands share: how they are called, how they end, and how they tell findings."""

import argparse
from typing import NoReturn

from ..errors import CallError
from ..validation.findings import Finding, Language
from .streams import perhaps_unread

DONE, DATA_WRONG, CALL_WRONG, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call."""
        raise CallError(f"{message} (see {self.prog} --help).")


def add_language(command: argparse.ArgumentParser) -> None:
    """Let the language of the messages be chosen."""
    command.add_argument("--lang", choices=("en", "de"), default="en", help="language of the messages (%(default)s)")


def tell(findings: list[Finding], language: Language, success: str) -> int:
    """Print one line a finding, and the success if there is no breach; the exit code."""
    lines = [finding.line(language) for finding in findings]
    code = verdict(findings)
    with perhaps_unread():
        print("\n".join(lines if code else [*lines, success]))
    return code


def verdict(findings: list[Finding]) -> int:
    """The exit code for what was found."""
    return DATA_WRONG if any(finding.breach for finding in findings) else DONE
