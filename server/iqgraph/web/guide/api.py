"""The HTTP API in one table: every path with its parameters and media types, described in both languages.

The page, the OpenAPI description and `/llms.txt` are made from it; a test compares it with the routes.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from string import Template
from typing import Any

from ...bilingual import Text
from ...dataset.profile import BUNDLED, Profile
from ...formats import RDF_FORMATS, ROWS
from ...terms import BASE, DOCUMENT, ID, Namespace

HTML, JSON = "text/html", "application/json"
QUERY = "application/sparql-query"
SETS = {
    "results": tuple(format.media_type for format in ROWS),
    "rdf": tuple(format.media_type for format in RDF_FORMATS),
}
PATH_PARAMETER = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
EXAMPLES = {
    name: node.value.removeprefix(f"{BASE}{name}/") if (node := BUNDLED.example(Namespace(f"{BASE}{name}/"))) else ""
    for name in ("concept", "graph", "id", "passage")
}
EXAMPLE = EXAMPLES["id"]
ANY: Mapping[str, Any] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, description, an example, its location as in OpenAPI (`in`), and its JSON Schema."""

    name: str
    description: Text
    example: str = ""
    place: str = "query"
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: ANY, hash=False)


@dataclass(frozen=True, slots=True)
class Address:
    """One or more paths with the same use, each with its path parameters.

    `media_types` are those of successful responses, `accepted` those of request bodies; an address that is
    `only_posted` allows no GET, one that is `ours` exists for the bundled data only; `interface` says whether programs
    find the first path among the interfaces.
    """

    paths: Mapping[str, tuple[Parameter, ...]]
    description: Text
    media_types: tuple[str, ...]
    query_parameters: tuple[Parameter, ...]
    accepted: tuple[str, ...] = ()
    ours: bool = False
    only_posted: bool = False
    interface: bool = False

    @property
    def parameters(self) -> list[Parameter]:
        """The path parameters, each once, and the query parameters."""
        path_parameters = {parameter.name: parameter for group in self.paths.values() for parameter in group}
        return [*path_parameters.values(), *self.query_parameters]


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses for one purpose."""

    title: Text
    addresses: tuple[Address, ...]


def groups(profile: Profile) -> list[Group]:
    """Return the table for the bundled data, or for user files."""
    if profile.is_bundled:
        return list(GROUPS)
    groups = [replace(group, addresses=tuple(_adapt(profile, group.addresses))) for group in GROUPS]
    return [group for group in groups if group.addresses]


def _adapt(profile: Profile, addresses: Iterable[Address]) -> Iterator[Address]:
    """Yield the addresses that user files have, without examples from the bundled data."""

    def adapt(parameter: Parameter) -> Parameter:
        is_ours = parameter.name == "code" or parameter.example.startswith((BASE, EXAMPLE or BASE))
        example = "" if is_ours else parameter.example.replace(f"{BUNDLED.stem}.", f"{profile.stem}.")
        return replace(parameter, example=example)

    for address in addresses:
        if not address.ours:
            paths = {path: tuple(map(adapt, parameters)) for path, parameters in address.paths.items()}
            parameters = (parameter for parameter in address.query_parameters if parameter.name != "version")
            yield replace(address, paths=paths, query_parameters=tuple(map(adapt, parameters)))


def _text(row: Mapping[str, Any]) -> Text:
    return Text(de=row["de"], en=row["en"])


def _parameter(row: str | Mapping[str, Any], place: str = "query") -> Parameter:
    """Return a parameter; a row may override the shared definition of its name."""
    own = {"name": row} if isinstance(row, str) else dict(row)
    values = {**TABLE["parameters"].get(own["name"], {}), **own}
    description = Text(de=values.pop("de"), en=values.pop("en"))
    return Parameter(description=description, place=place, **values)


def _path(template: str) -> tuple[str, tuple[Parameter, ...]]:
    """Split a template such as `/id/{name=ann}` into the path and its parameters with examples."""
    parameters = (
        # required by https://spec.openapis.org/oas/v3.1.0#parameter-object
        Parameter(name, Text(**TABLE["inside"][name]), value, "path", required=True)
        for name, value in PATH_PARAMETER.findall(template)
    )
    return PATH_PARAMETER.sub(r"{\1}", template), tuple(parameters)


def _address(row: Mapping[str, Any]) -> Address:
    """Return an address; one that has a page has the parameter `lang`."""
    media_types = tuple(media_type for name in row["media_types"] for media_type in SETS.get(name, (name,)))
    parameters: Iterable[str | Mapping[str, Any]] = [
        *row.get("parameters", ()),
        *(["lang"] if HTML in media_types else []),
    ]
    flags = {name: row[name] for name in ("ours", "only_posted", "interface") if name in row}
    paths, accepted = dict(map(_path, row["paths"])), tuple(row.get("accepted", ()))
    return Address(paths, _text(row), media_types, tuple(map(_parameter, parameters)), accepted, **flags)


_CONTENT = Template((files(__package__) / "api.toml").read_text(encoding="utf-8"))
_IRI = f"{ID.iri}{EXAMPLE}"
TABLE = tomllib.loads(_CONTENT.substitute(EXAMPLES, iri=_IRI, stem=BUNDLED.stem, document=DOCUMENT))
HEADERS = tuple(_parameter(row, "header") for row in TABLE["headers"])
GROUPS = tuple(Group(_text(row), tuple(map(_address, row["addresses"]))) for row in TABLE["groups"])
