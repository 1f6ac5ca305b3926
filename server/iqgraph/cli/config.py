"""The command that shows the settings: config."""

import json
from collections.abc import Iterator
from typing import Any

import click

from ..settings import GROUPS, SETTINGS, Setting, Settings
from .options import DEFAULT, ConfiguredCommand, origin, read_settings

HIDDEN = "(hidden)"


@click.command(cls=ConfiguredCommand)
@click.option(
    "--format", "form", type=click.Choice(["text", "toml"]), default="text", help="Lines, or a file for --config."
)
@click.pass_context
def config(ctx: click.Context, /, form: str, **_: object) -> None:
    """Print every setting, and where it is from."""
    settings = read_settings(ctx)
    print(toml(settings) if form == "toml" else _lines(ctx, settings))


def toml(settings: Settings) -> str:
    """A file that gives every setting the value that it has; what has none, and what is secret, is left out."""
    return "\n".join(line for group in GROUPS for line in _group(group, settings)).lstrip("\n")


def _lines(ctx: click.Context, settings: Settings) -> str:
    """Each setting with its value and where that is from."""
    rows = [(one.name, _shown(one, settings, origin(ctx, one)), origin(ctx, one)) for one in SETTINGS.values()]
    wide, wider = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:{wide}}  {value:{wider}}  {where}" for name, value, where in rows)


def _group(group: str, settings: Settings) -> Iterator[str]:
    public = [setting for setting in SETTINGS.values() if setting.group == group and not setting.secret]
    if public:
        yield f"\n# {group}"
    for setting in public:
        value = getattr(settings, setting.parameter)
        yield f"# {setting.meaning.replace('`', '')}"
        yield f"# {setting.name} =" if value in ("", ()) else f"{setting.name} = {_literal(value)}"


def _literal(value: Any) -> str:  # noqa: ANN401 - each setting has a type of its own
    """A value of TOML; its basic strings are those of JSON, but for the character DEL."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, int | float):
        return _plain(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _shown(setting: Setting, settings: Settings, where: str) -> str:
    if setting.secret:
        return HIDDEN if where != DEFAULT else "-"
    return _plain(getattr(settings, setting.parameter))


def _plain(value: Any) -> str:  # noqa: ANN401 - each setting has a type of its own
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "-"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) or "-"
