"""Write the map of the modules into docs/code.md: each package and module with the first sentence of its docstring."""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from repository import ROOT

PACKAGE = ROOT / "server/iqgraph"
PAGE = ROOT / "docs/code.md"
HEADING = "## The modules\n"


def mapped(text: str) -> str:
    """The page with a new map below its last heading."""
    before, _, _ = text.partition(HEADING)
    return "\n".join([f"{before}{HEADING}", *_lines()]) + "\n"


def promise(file: Path) -> str:
    """The first line of a module's docstring."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def main() -> int:
    """Write the page; with --check only report whether it would change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what would change")
    check = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = mapped(before)
    if after == before:
        return 0
    if check:
        sys.stderr.write(f"{PAGE.relative_to(ROOT)}: not the map of the modules; run make format\n")
        return 1
    PAGE.write_text(after, encoding="utf-8")
    return 0


def _lines() -> Iterator[str]:
    for package in sorted(file.parent for file in PACKAGE.rglob("__init__.py")):
        path = package.relative_to(PACKAGE.parent).as_posix()
        yield f"**`{path}/`** {promise(package / '__init__.py')}\n"
        for file in sorted(package.glob("*.py")):
            if file.stem != "__init__":
                yield f"- `{file.stem}`: {promise(file)}"
        yield ""


if __name__ == "__main__":
    sys.exit(main())
