"""The settings as options of a command: a flag before its variable, before the file, before the default."""

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
BY_PARAMETER = {setting.parameter: setting for setting in SETTINGS.values()}
FORMER = ("access-log", "base-path", "log-addresses", "query-log-text", "query-log-time")
GONE = Text(
    de="Das gibt es nicht mehr; docs/upgrading.md sagt, was an seine Stelle tritt.",
    en="That is gone; docs/upgrading.md says what takes its place.",
)
# What is wrong, for what click says in English alone; the first kind that fits counts.
WRONG = {
    click.NoSuchOption: "Diese Option gibt es nicht",
    click.NoSuchCommand: "Diesen Befehl gibt es nicht",
    click.MissingParameter: "Eine Angabe fehlt",
    click.BadParameter: "Dieser Wert ist nicht möglich",
    click.ClickException: "Der Aufruf ist falsch",
}


class SecretOption(click.Option):
    """A setting that has no flag, since others see the flags of a process."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:  # noqa: ANN401 - click's own
        """Leave it to the environment."""


class ConfiguredCommand(click.Command):
    """A command with an option for each setting of some groups; its help shows them by group."""

    def __init__(self, *given: Any, groups: Sequence[str] = GROUPS, **more: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*given, **more)
        self.groups = groups
        file = click.Option(
            ["--config"],
            type=FILE,
            envvar=CONFIG,
            metavar="FILE",
            help=f"TOML file of settings ({CONFIG}).",
            is_eager=True,  # click reads these first, so the others find its values in the default map
            callback=_read_file,
        )
        self.params += [file, *(_option(setting) for setting in SETTINGS.values() if setting.group in groups)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse unknown variables; a flag of several values may be followed by all of them."""
        _check_variables(ctx)
        several = {flag for one in self.params if isinstance(one, click.Option) and one.multiple for flag in one.opts}
        return super().parse_args(ctx, list(_repeat_flags(args, several)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the command itself, then the settings."""
        for group in (None, *self.groups):
            options = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and _group(one) == group]
            if records := [record for one in options if (record := one.get_help_record(ctx))]:
                with formatter.section(group or "Options"):
                    formatter.write_dl(records)


def read_settings(ctx: click.Context) -> Settings:
    """The settings of a command that is being run."""
    given = {name: value for name, value in ctx.params.items() if name in BY_PARAMETER and value is not None}
    settings = Settings(**given)
    if settings.publisher_iri and not settings.publisher:
        where = origin(ctx, BY_PARAMETER["publisher_iri"])
        raise UsageError(
            f"{where}: ",
            ctx,
            de="Es gibt eine IRI des Herausgebers, aber keinen Namen; setzen Sie auch publisher.",
            en="an IRI of the publisher is set without a name; set publisher too.",
        )
    return settings


def origin(ctx: click.Context, setting: Setting) -> str:
    """The flag, variable or file that gave a setting its value."""
    found = {
        ParameterSource.COMMANDLINE: setting.flag,
        ParameterSource.ENVIRONMENT: setting.variable,
        ParameterSource.DEFAULT_MAP: str(ctx.params.get("config")),
    }
    return found.get(ctx.get_parameter_source(setting.parameter) or ParameterSource.DEFAULT, DEFAULT)


def place(ctx: click.Context, setting: Setting) -> str:
    """The same, with the key in a file."""
    is_of_file = ctx.get_parameter_source(setting.parameter) == ParameterSource.DEFAULT_MAP
    return f"{origin(ctx, setting)}{f', {setting.name}' if is_of_file else ''}"


def message(error: click.ClickException) -> Text:
    """What is wrong with a call, in one sentence that names the place and where to read on."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    where, words = "", error.format_message()
    if isinstance(error, click.BadParameter) and context and error.param and error.param.name in BY_PARAMETER:
        where, words = f"{place(context, BY_PARAMETER[error.param.name])}: ", error.message
    kind = next(german for one, german in WRONG.items() if isinstance(error, one))
    text = error.text if isinstance(error, UsageError) else Text(de=f"{where}{kind}: „{words}“", en=f"{where}{words}")
    if isinstance(error, click.NoSuchOption) and error.option_name.lstrip("-") in FORMER:
        text = sentences(text, GONE)
    if not context:
        return text
    command = f"{context.command_path} --help"
    return Text(
        de=f"{text.de.removesuffix('.')} (siehe {command}).", en=f"{text.en.removesuffix('.')} (see {command})."
    )


def _group(parameter: click.Parameter) -> str | None:
    setting = BY_PARAMETER.get(parameter.name or "")
    return setting.group if setting else None


def _option(setting: Setting) -> click.Option:
    kind = SecretOption if setting.secret else click.Option
    return kind(
        [setting.flag],
        type=setting.type,
        default=None if setting.default in ("", ()) else setting.default,
        multiple=setting.many or bool(setting.instead),
        envvar=setting.variable,
        metavar=setting.unit or None,
        help=setting.meaning.replace("`", ""),
        show_default=setting.usual or True,  # what depends on this machine would differ from the docs
        hidden=setting.secret,
        callback=_only_one if setting.instead else None,
    )


def _only_one(ctx: click.Context, parameter: click.Parameter, values: Sequence[str]) -> str | None:
    if len(values) > 1:
        setting = BY_PARAMETER[parameter.name or ""]
        text = sentences(Text(de="Nur ein Wert ist möglich.", en="One value is allowed."), setting.instead)
        raise UsageError(f"{place(ctx, setting)}: ", de=text.de, en=text.en)
    return values[0] if values else None


def _repeat_flags(arguments: Sequence[str], several: set[str]) -> Iterator[str]:
    """Arguments in which a flag stands before each of its values."""
    flag = ""
    for before, argument in pairwise(["", *arguments]):
        if argument.startswith("-"):
            flag = argument if argument in several else ""
        elif flag and before != flag:
            yield flag
        yield argument


def _check_variables(ctx: click.Context) -> None:
    known = [CONFIG, *(setting.variable for setting in SETTINGS.values())]
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            raise _unknown(name, name.removeprefix(PREFIX), {one.removeprefix(PREFIX): one for one in known}, ctx)


def _read_file(ctx: click.Context, _: click.Parameter, file: Path | None) -> Path | None:
    """Let the file give what no flag and no variable gives."""
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
            known = {one.name: one.name for one in SETTINGS.values() if not one.secret}
            raise _unknown(f"{file}, {name}", name, known, ctx)
        if SETTINGS[name].secret:
            variable = SETTINGS[name].variable
            raise UsageError(
                f"{file}, {name}: ",
                de=f"Was geheim ist, wird nur aus {variable} gelesen.",
                en=f"a secret is read from {variable} only.",
            )
    ctx.default_map = {SETTINGS[name].parameter: _texts(value, SETTINGS[name]) for name, value in content.items()}
    return file


def _texts(value: object, setting: Setting) -> object:
    """A value of TOML as flags have it, so that it is checked in the same way."""
    if setting.many or setting.instead:
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(where: str, name: str, known: Mapping[str, str], ctx: click.Context) -> UsageError:
    near = get_close_matches(name, known, 1)
    hint = Text(de="iqgraph config nennt alle, die es gibt.", en="iqgraph config lists all settings.")
    if near:
        hint = Text(de=f"Ähnlich ist {known[near[0]]}.", en=f"The nearest is {known[near[0]]}.")
    if name.lower().replace("_", "-") in FORMER:
        hint = GONE
    return UsageError(
        f"{where}: ", ctx, de=f"Diese Einstellung gibt es nicht. {hint.de}", en=f"there is no such setting. {hint.en}"
    )
