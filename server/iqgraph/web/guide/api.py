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

RESULTS = tuple(form.media_type for form in ROWS)
RDF = tuple(form.media_type for form in RDF_FORMATS)
HTML, JSON = "text/html", "application/json"
QUERY = "application/sparql-query"
SETS = {"results": RESULTS, "rdf": RDF}
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
    """One or more paths that are asked in the same way, each parameter in a path with a value to try.

    `forms` are the media types of an answer that is no problem, `accepted` those of a posted body; nothing but bodies
    goes to what is `only_posted`. An address is `ours` if only the bundled graph has it.
    """

    templates: tuple[str, ...]
    description: Text
    forms: tuple[str, ...]
    query_parameters: tuple[Parameter, ...]
    accepted: tuple[str, ...] = ()
    ours: bool = False
    only_posted: bool = False

    @property
    def paths(self) -> list[str]:
        """The paths, with the names of their parameters in braces."""
        return [INSIDE.sub(r"{\1}", template) for template in self.templates]

    @property
    def examples(self) -> list[str]:
        """The paths with a value for each of their parameters."""
        values = {name: value for template in self.templates for name, value in INSIDE.findall(template) if value}
        return [INSIDE.sub(lambda found: found[2] or values.get(found[1], ""), template) for template in self.templates]

    @property
    def parameters(self) -> list[Parameter]:
        """Those of all paths, each once, and those behind the question mark."""
        inside = {one.name: one for path in self.templates for one in path_parameters(path)}
        return [*inside.values(), *self.query_parameters]


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that serve one purpose."""

    title: Text
    addresses: tuple[Address, ...]


def path_parameters(template: str) -> list[Parameter]:
    """The parameters that a path has in itself, in their order."""
    return [
        # OpenAPI wants this said of each (https://spec.openapis.org/oas/v3.1.0#parameter-object).
        Parameter(name, _text(TABLE["inside"][name]), value, "path", required=True)
        for name, value in INSIDE.findall(template)
    ]


def groups(profile: Profile) -> list[Group]:
    """The table for the bundled graph, or for somebody's files."""
    if profile.is_bundled:
        return list(GROUPS)
    chosen = [(one, tuple(_of(profile, each) for each in one.addresses if not each.ours)) for one in GROUPS]
    return [Group(one.title, addresses) for one, addresses in chosen if addresses]


def _of(profile: Profile, address: Address) -> Address:
    """The address with the name of somebody's file to try, and with no thing of the bundled graph."""
    paths = (path.replace(f"={BUNDLED.stem}.", f"={profile.stem}.") for path in address.templates)
    own = (BASE, EXAMPLE or BASE)
    known = (one for one in address.query_parameters if one.name != "version")  # files have one version alone
    parameters = (replace(one, example="") if one.example.startswith(own) else one for one in known)
    templates = tuple(INSIDE.sub(_without_example, path) for path in paths)
    return replace(address, templates=templates, query_parameters=tuple(parameters))


def _without_example(found: re.Match[str]) -> str:
    """A parameter in a path without its value to try, where that is a thing or a question of ours."""
    return f"{{{found[1]}}}" if found[1] == "code" or found[2] == EXAMPLE else found[0]


def _text(row: Mapping[str, Any]) -> Text:
    return Text(de=row["de"], en=row["en"])


def _parameter(row: str | Mapping[str, Any], place: str = "query") -> Parameter:
    """A parameter by its name; a row may say more than the common one of this name, or otherwise."""
    own = {"name": row} if isinstance(row, str) else dict(row)
    told = {**TABLE["parameters"].get(own["name"], {}), **own}
    description = Text(de=told.pop("de"), en=told.pop("en"))
    return Parameter(description=description, place=place, **told)


def _address(row: Mapping[str, Any]) -> Address:
    """An address; whatever has a page has the parameter for its language."""
    forms = tuple(form for one in row["forms"] for form in SETS.get(one, (one,)))
    given: Iterable[str | Mapping[str, Any]] = [*row.get("parameters", ()), *(["lang"] if HTML in forms else [])]
    flags = {name: row[name] for name in ("ours", "only_posted") if name in row}
    parameters = tuple(_parameter(one) for one in given)
    return Address(tuple(row["paths"]), _text(row), forms, parameters, tuple(row.get("accepted", ())), **flags)


def _table() -> dict[str, Any]:
    content = Template((files(__package__) / "api.toml").read_text(encoding="utf-8"))
    return tomllib.loads(content.substitute(EXAMPLES, iri=f"{ID.iri}{EXAMPLE}", stem=BUNDLED.stem, document=DOCUMENT))


TABLE = _table()
HEADERS = tuple(_parameter(row, "header") for row in TABLE["headers"])
GROUPS = tuple(Group(_text(row), tuple(map(_address, row["addresses"]))) for row in TABLE["groups"])
