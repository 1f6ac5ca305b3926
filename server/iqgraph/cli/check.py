"""The commands that check the data: validate, verify, seal."""

import argparse
import sys
from pathlib import Path

from ..dataset import load
from ..validation.document import verify
from ..validation.evidence import examine
from ..validation.report import report
from ..validation.seals import seal
from ..writing import pour
from .command import DONE, add_language, tell, verdict
from .streams import perhaps_unread


def add_validate(command: argparse.ArgumentParser) -> None:
    """`iqgraph validate [FILE …]`."""
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="data to check instead of the bundled")
    command.add_argument("--format", choices=("text", "turtle"), default="text", help="lines, or a SHACL report")
    add_language(command)
    command.set_defaults(run=_validate)


def add_verify(command: argparse.ArgumentParser) -> None:
    """`iqgraph verify DOCUMENT`."""
    command.add_argument("document", type=Path, metavar="DOCUMENT", help="the text, in UTF-8")
    add_language(command)
    command.set_defaults(run=_verify)


def add_seal(command: argparse.ArgumentParser) -> None:
    """`iqgraph seal`."""
    command.set_defaults(run=_seal)


def _validate(options: argparse.Namespace) -> int:
    from ..validation.validation import validate  # noqa: PLC0415 - rdflib and pySHACL take long to import

    dataset = load(options.files)
    findings = [*examine(dataset), *validate(dataset)]
    if options.format == "turtle":
        with perhaps_unread():
            pour(report(findings), sys.stdout.buffer)
        return verdict(findings)
    return tell(findings, options.lang, f"Valid: {dataset.statements} statements in {len(dataset.graphs())} graphs.")


def _verify(options: argparse.Namespace) -> int:
    findings = verify(load(), options.document)
    return tell(findings, options.lang, f"{options.document}: every offset and hash fits.")


def _seal(_: argparse.Namespace) -> int:
    print(seal())
    return DONE
