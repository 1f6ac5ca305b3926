"""The configuration that holds: flags before environment before file before defaults, and where each value is from."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..errors import CallError
from .declared import PREFIX, SETTINGS, Setting

CONFIG = f"{PREFIX}CONFIG"
DEFAULT = "default"
Texts = Mapping[str, str | Sequence[str]]
_LOGIN = re.compile("//[^/?#]*@")


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a setting, and the flag, variable or file that gave it."""

    setting: Setting
    value: Any
    origin: str = DEFAULT


class Configuration:
    """The value of every setting."""

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        given = values or {}
        self.values = {name: given.get(name) or Value(one, one.default) for name, one in SETTINGS.items()}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each setting has a type of its own
        return self.values[name].value


def effective(
    flags: Texts | None = None,
    environment: Mapping[str, str] = os.environ,
    file: Path | None = None,
) -> Configuration:
    """The configuration of these flags, this environment, and the file or that of IQGRAPH_CONFIG.

    CallError names all that is wrong: where it stands, and what is allowed.
    """
    file = file or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    values: dict[str, Value] = {}
    wrong: list[str] = []
    for source in (_file(file) if file else iter(()), _environment(environment), _flags(flags or {})):
        for found in source:
            if isinstance(found, str):
                wrong.append(found)
            else:
                values[found.setting.name] = found
    if wrong:
        raise CallError(" ".join(wrong))
    return Configuration(values)


def _flags(flags: Texts) -> Iterator[Value | str]:
    for name, given in flags.items():
        setting = SETTINGS[name]
        yield _read(setting, [given] if isinstance(given, str) else given, setting.flag, setting.flag)


def _environment(environment: Mapping[str, str]) -> Iterator[Value | str]:
    variables = {setting.variable: setting for setting in SETTINGS.values()}
    for name, text in environment.items():
        if name in variables and text.strip():
            setting = variables[name]
            several = setting.many or setting.alternative
            yield _read(setting, text.split() if several else [text.strip()], name, name)
        elif name.startswith(PREFIX) and name not in (*variables, CONFIG):
            yield f"{name}: there is no such variable; {_nearest(name, [*variables, CONFIG])}."


def _file(file: Path) -> Iterator[Value | str]:
    try:
        content = tomllib.loads(file.read_bytes().decode())
    except UnicodeDecodeError as error:
        raise CallError(f"{file}: the file is not UTF-8, see byte {error.start}.") from error
    except tomllib.TOMLDecodeError as error:
        raise CallError(f"{file}: the file is not TOML: {error}.") from error
    known = [name for name, setting in SETTINGS.items() if not setting.secret]
    for name, given in content.items():
        if name in known:
            setting = SETTINGS[name]
            texts = [_text(one) for one in given] if isinstance(given, list) else [_text(given)]
            yield _read(setting, texts, f"{file}, {name}", str(file))
        elif name in SETTINGS:
            yield f"{file}, {name}: a secret is read from {SETTINGS[name].variable} only."
        else:
            yield f"{file}, {name}: there is no such key; {_nearest(name, known)}."


def _text(given: object) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)


def _read(setting: Setting, texts: Sequence[str], where: str, origin: str) -> Value | str:
    """The value of these texts, or the sentence that says what is wrong."""
    values = []
    for text in texts:
        try:
            values.append(setting.allowed.read(text))
        except ValueError:
            shown = "" if setting.secret else f" {_LOGIN.sub('//…@', text)}"
            return f"{where}{shown}: allowed is {setting.words}."
    if not setting.many and len(values) != 1:
        return f"{where}: allowed is {setting.words}, once. {setting.alternative}".rstrip()
    return Value(setting, tuple(values) if setting.many else values[0], origin)


def _nearest(name: str, known: Sequence[str]) -> str:
    by_name = {one.removeprefix(PREFIX): one for one in known}
    near = get_close_matches(name.removeprefix(PREFIX), by_name, 1)
    return f"near to it is {by_name[near[0]]}" if near else "iqgraph config lists all that there are"
