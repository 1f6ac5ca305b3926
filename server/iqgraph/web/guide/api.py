"""The interface of the server in one table: every address, its parameters and forms, in both languages.

The page, the OpenAPI description and the text for agents are made of it; a test compares it with the routes.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
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
SETS = {"results": tuple(form.media_type for form in ROWS), "rdf": tuple(form.media_type for form in RDF_FORMATS)}
INSIDE = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
EXAMPLES = {
    name: found.value.removeprefix(kind.iri) if (found := BUNDLED.example(kind)) else ""
    for name, kind in {name: Namespace(f"{BASE}{name}/") for name in ("concept", "graph", "id", "passage")}.items()
}
EXAMPLE = EXAMPLES["id"]
ANY: Mapping[str, Any] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, what it does, a value to try, the place where it stands, and what JSON Schema says of its values."""

    name: str
    description: Text
    example: str = ""
    place: str = "query"
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: ANY, hash=False)


@dataclass(frozen=True, slots=True)
class Address:
    """One or more paths that are asked in the same way, each with the parameters that it has in itself.

    `forms` are the media types of an answer that is no problem, `accepted` those of a posted body; nothing but bodies
    goes to what is `only_posted`. An address is `ours` if only the bundled graph has it.
    """

    paths: Mapping[str, tuple[Parameter, ...]]
    description: Text
    forms: tuple[str, ...]
    query_parameters: tuple[Parameter, ...]
    accepted: tuple[str, ...] = ()
    ours: bool = False
    only_posted: bool = False

    @property
    def parameters(self) -> list[Parameter]:
        """Those of all paths, each once, and those behind the question mark."""
        inside = {one.name: one for parameters in self.paths.values() for one in parameters}
        return [*inside.values(), *self.query_parameters]


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that serve one purpose."""

    title: Text
    addresses: tuple[Address, ...]


def groups(profile: Profile) -> list[Group]:
    """The table for the bundled graph, or for somebody's files."""
    if profile.is_bundled:
        return list(GROUPS)
    chosen = [(one, tuple(_of(profile, each) for each in one.addresses if not each.ours)) for one in GROUPS]
    return [Group(one.title, addresses) for one, addresses in chosen if addresses]


def _of(profile: Profile, address: Address) -> Address:
    """The address with the name of somebody's file to try, and with no thing or question of the bundled graph."""

    def own(one: Parameter) -> Parameter:
        is_ours = one.name == "code" or one.example.startswith((BASE, EXAMPLE or BASE))
        return replace(one, example="" if is_ours else one.example.replace(f"{BUNDLED.stem}.", f"{profile.stem}."))

    paths = {path: tuple(map(own, inside)) for path, inside in address.paths.items()}
    known = (one for one in address.query_parameters if one.name != "version")  # files have one version alone
    return replace(address, paths=paths, query_parameters=tuple(map(own, known)))


def _text(row: Mapping[str, Any]) -> Text:
    return Text(de=row["de"], en=row["en"])


def _parameter(row: str | Mapping[str, Any], place: str = "query") -> Parameter:
    """A parameter by its name; a row may say more than the common one of this name, or otherwise."""
    own = {"name": row} if isinstance(row, str) else dict(row)
    told = {**TABLE["parameters"].get(own["name"], {}), **own}
    description = Text(de=told.pop("de"), en=told.pop("en"))
    return Parameter(description=description, place=place, **told)


def _path(template: str) -> tuple[str, tuple[Parameter, ...]]:
    """A path with the names of its parameters in braces, and these, which the template gives a value to try."""
    inside = (
        # OpenAPI wants this said of each (https://spec.openapis.org/oas/v3.1.0#parameter-object).
        Parameter(name, Text(**TABLE["inside"][name]), value, "path", required=True)
        for name, value in INSIDE.findall(template)
    )
    return INSIDE.sub(r"{\1}", template), tuple(inside)


def _address(row: Mapping[str, Any]) -> Address:
    """An address; whatever has a page has the parameter for its language."""
    forms = tuple(form for one in row["forms"] for form in SETS.get(one, (one,)))
    given: Iterable[str | Mapping[str, Any]] = [*row.get("parameters", ()), *(["lang"] if HTML in forms else [])]
    flags = {name: row[name] for name in ("ours", "only_posted") if name in row}
    paths, accepted = dict(map(_path, row["paths"])), tuple(row.get("accepted", ()))
    return Address(paths, _text(row), forms, tuple(map(_parameter, given)), accepted, **flags)


_CONTENT = Template((files(__package__) / "api.toml").read_text(encoding="utf-8"))
_IRI = f"{ID.iri}{EXAMPLE}"
TABLE = tomllib.loads(_CONTENT.substitute(EXAMPLES, iri=_IRI, stem=BUNDLED.stem, document=DOCUMENT))
HEADERS = tuple(_parameter(row, "header") for row in TABLE["headers"])
GROUPS = tuple(Group(_text(row), tuple(map(_address, row["addresses"]))) for row in TABLE["groups"])
