"""The settings as command options. A flag overrides the variable, the variable the file, the file the default."""

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
from click import ParameterSource

from ..bilingual import Text, sentences
from ..settings import GROUPS, PREFIX, SETTINGS, Setting, Settings
from .terminal import FILE, UsageError, decode

CONFIG = f"{PREFIX}CONFIG"
DEFAULT = "default"
NAMES = {setting.name for setting in SETTINGS.values()}
FORMER = ("access-log", "base-path", "log-addresses", "query-log-text", "query-log-time")
GONE = Text(
    de="Sie wurde entfernt; docs/upgrading.md nennt den Ersatz.",
    en="It was removed; docs/upgrading.md names its replacement.",
)
# German summaries of click's English messages; the first class that matches counts.
SUMMARIES = {
    click.NoSuchOption: "Diese Option gibt es nicht",
    click.NoSuchCommand: "Diesen Befehl gibt es nicht",
    click.MissingParameter: "Eine Angabe fehlt",
    click.BadParameter: "Dieser Wert ist nicht möglich",
    click.ClickException: "Der Aufruf ist falsch",
}


class SettingsCommand(click.Command):
    """A command with an option for each setting of some groups, which gets all of them as `settings`."""

    def __init__(self, *args: Any, groups: Sequence[str] = GROUPS, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        self.groups = groups
        file = click.Option(
            ["--config"],
            type=FILE,
            envvar=CONFIG,
            metavar="FILE",
            help=f"TOML file of settings ({CONFIG}).",
            is_eager=True,  # processed before the other options, so they find its values in the default map
            callback=_read_file,
        )
        self.params += [file, *(setting for setting in SETTINGS.values() if setting.group in groups)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse unknown variables, and allow several values after one flag."""
        _check_variables(ctx)
        options = (param for param in self.params if isinstance(param, click.Option) and param.multiple)
        return super().parse_args(ctx, list(_repeat_flags(args, {flag for option in options for flag in option.opts})))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what the command returns
        """Call the command with its own parameters and the settings."""
        own = {name: value for name, value in ctx.params.items() if name not in {*NAMES, "config"}}
        return ctx.invoke(self.callback, **own, settings=read_settings(ctx)) if self.callback else None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the command's own options, then the settings by group."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        for group in (None, *self.groups):
            records = [option.get_help_record(ctx) for option in options if getattr(option, "group", None) == group]
            if records := list(filter(None, records)):
                with formatter.section(group or "Options"):
                    formatter.write_dl(records)


def read_settings(ctx: click.Context) -> Settings:
    """Return the settings of a command that is being invoked."""
    values = {name: value for name, value in ctx.params.items() if name in NAMES and value is not None}
    settings = Settings(**values)
    if settings.publisher_iri and not settings.publisher:
        raise UsageError(
            f"{origin(ctx, SETTINGS['publisher-iri'])}: ",
            ctx,
            de="Es gibt eine IRI des Herausgebers, aber keinen Namen; setzen Sie auch publisher.",
            en="an IRI of the publisher is set without a name; set publisher too.",
        )
    return settings


def origin(ctx: click.Context, setting: Setting) -> str:
    """Return the flag, variable or file that set a setting, or DEFAULT."""
    origins = {
        ParameterSource.COMMANDLINE: setting.opts[0],
        ParameterSource.ENVIRONMENT: str(setting.envvar),
        ParameterSource.DEFAULT_MAP: str(ctx.params.get("config")),
    }
    return origins.get(ctx.get_parameter_source(setting.name) or ParameterSource.DEFAULT, DEFAULT)


def message(error: click.ClickException) -> Text:
    """Describe a wrong call in one sentence, with the place of the mistake and the command that shows help."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    where, detail = "", error.format_message()
    if isinstance(error, click.BadParameter) and ctx and isinstance(error.param, Setting):
        detail = error.message
        is_in_file = ctx.get_parameter_source(error.param.name) == ParameterSource.DEFAULT_MAP
        where = f"{origin(ctx, error.param)}{f', {error.param.key}' if is_in_file else ''}: "
    summary = next(german for class_, german in SUMMARIES.items() if isinstance(error, class_))
    text = Text(de=f"{where}{summary}: „{detail}“", en=f"{where}{detail}")
    if isinstance(error, UsageError):
        text = error.text
    elif isinstance(error, click.NoSuchOption) and error.option_name.lstrip("-") in FORMER:
        text = sentences(text, GONE)
    if not ctx:
        return text
    command = f"{ctx.command_path} --help"
    return Text(
        de=f"{text.de.removesuffix('.')} (siehe {command}).", en=f"{text.en.removesuffix('.')} (see {command})."
    )


def _repeat_flags(arguments: Sequence[str], flags: set[str]) -> Iterator[str]:
    """Insert each of these flags before all of its values."""
    flag = ""
    for before, argument in pairwise(["", *arguments]):
        if argument.startswith("-"):
            flag = argument if argument in flags else ""
        elif flag and before != flag:
            yield flag
        yield argument


def _check_variables(ctx: click.Context) -> None:
    names = (CONFIG, *(str(setting.envvar) for setting in SETTINGS.values()))
    known = {name.removeprefix(PREFIX): name for name in names}
    for name in os.environ:
        if name.startswith(PREFIX) and (suffix := name.removeprefix(PREFIX)) not in known:
            raise _unknown(name, suffix, known, ctx)


def _read_file(ctx: click.Context, _: click.Parameter, file: Path | None) -> Path | None:
    """Read the settings file into the default map, which flags and variables override."""
    if file is None:
        return None
    try:
        content = tomllib.loads(decode(file.read_bytes(), str(file)))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{file}: ", de=f"Die Datei ist kein TOML: „{error}“.", en=f"the file is not TOML: {error}."
        ) from error
    for name in content:
        if name not in SETTINGS:
            keys = {key: key for key, setting in SETTINGS.items() if not setting.secret}
            raise _unknown(f"{file}, {name}", name, keys, ctx)
        if SETTINGS[name].secret:
            variable = SETTINGS[name].envvar
            raise UsageError(
                f"{file}, {name}: ",
                de=f"Geheimes wird nur aus {variable} gelesen.",
                en=f"a secret is read from {variable} only.",
            )
    ctx.default_map = {SETTINGS[name].name: _texts(value, SETTINGS[name]) for name, value in content.items()}
    return file


def _texts(value: object, setting: Setting) -> object:
    """Return a TOML value as the text of a flag, so that the same type checks it."""
    if setting.multiple:
        return list(map(str, value)) if isinstance(value, list) else [str(value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(where: str, name: str, known: Mapping[str, str], ctx: click.Context) -> UsageError:
    """Return the error for an unknown setting; `known` maps the names to compare with to the names to suggest."""
    nearest = get_close_matches(name, known, 1)
    hint = Text(de="iqgraph config nennt alle Einstellungen.", en="iqgraph config lists all settings.")
    if nearest:
        hint = Text(de=f"Ähnlich ist {known[nearest[0]]}.", en=f"The nearest is {known[nearest[0]]}.")
    if name.lower().replace("_", "-") in FORMER:
        hint = GONE
    return UsageError(
        f"{where}: ", ctx, de=f"Diese Einstellung gibt es nicht. {hint.de}", en=f"there is no such setting. {hint.en}"
    )
