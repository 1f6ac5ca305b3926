"""A configuration as people and programs read it: lines, a file that can be used again, the table of the documents."""

import json
from collections.abc import Iterator
from typing import Any

from .declared import GROUPS, Setting
from .effective import DEFAULT, Configuration, Value

HIDDEN = "(hidden)"


def lines(configuration: Configuration) -> str:
    """Each setting with its value and where that is from."""
    shown = [(name, _shown(value), value.origin) for name, value in configuration.values.items()]
    wide, wider = (max(len(row[column]) for row in shown) for column in (0, 1))
    return "\n".join(f"{name:{wide}}  {value:{wider}}  {origin}" for name, value, origin in shown)


def toml(configuration: Configuration) -> str:
    """A file that gives every setting the value that it has; what has none, and what is secret, is left out."""
    return "\n".join(line for group in GROUPS for line in _group(group, configuration)).lstrip("\n")


def table() -> str:
    """The settings as tables in Markdown."""
    return "\n".join(line for group in GROUPS for line in _rows(group)).strip()


def _group(group: str, configuration: Configuration) -> Iterator[str]:
    values = [configuration.values[setting.name] for setting in GROUPS[group]]
    if any(not value.setting.secret for value in values):
        yield f"\n# {group.replace('`', '')}"
    for value in values:
        if not value.setting.secret:
            yield f"# {value.setting.meaning.replace('`', '')}"
            empty = value.value in ("", ())
            yield f"# {value.setting.name} =" if empty else f"{value.setting.name} = {_literal(value.value)}"


def _literal(value: Any) -> str:  # noqa: ANN401 - each setting has a type of its own
    """A value of TOML; its basic strings are those of JSON, but for the character DEL."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() and value < 1e6 else repr(value)
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _shown(value: Value) -> str:
    if value.setting.secret:
        return HIDDEN if value.origin != DEFAULT else "-"
    return _plain(value.value)


def _plain(value: Any) -> str:  # noqa: ANN401 - each setting has a type of its own
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value) or "-"


def _rows(group: str) -> Iterator[str]:
    yield from ("", f"### {group}", "", "| setting | default | allowed | meaning |", "|---|---|---|---|")
    for setting in GROUPS[group]:
        name = f"`{setting.variable}`" if setting.secret else f"`{setting.name}`"
        unit = {"SECONDS": " s", "MIB": " MiB", "DAYS": " days"}.get(setting.unit, "")
        default = _default(setting, unit)
        yield f"| {name} | {default} | {setting.words}{unit} | {setting.meaning} |"


def _default(setting: Setting, unit: str) -> str:
    return setting.usual or f"{_plain(setting.default)}{unit}" if setting.default not in ("", ()) else "–"
