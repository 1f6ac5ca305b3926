"""The settings as options of a command: a flag before its variable, before the file, before the default."""

import os
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
from click import ParameterSource

from ..settings import GROUPS, PREFIX, SETTINGS, Setting, Settings
from .terminal import FILE

CONFIG = f"{PREFIX}CONFIG"
DEFAULT = "default"
BY_PARAMETER = {setting.parameter: setting for setting in SETTINGS.values()}
FORMER = {
    **dict.fromkeys(("access-log", "log-addresses"), "the access log of the proxy takes its place"),
    "base-path": "public-url has the path, or the proxy says it in X-Forwarded-Prefix",
    **dict.fromkeys(("query-log-text", "query-log-time"), "the query log has the hour and no literals"),
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
        self.params += [_file_option(), *(_option(setting) for setting in SETTINGS.values() if setting.group in groups)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse variables that there are not; a flag of several values may be followed by all of them."""
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
        raise click.UsageError(f"{where}: an IRI of the publisher is set without a name; set publisher too.", ctx)
    return settings


def origin(ctx: click.Context, setting: Setting) -> str:
    """The flag, variable or file that gave a setting its value."""
    found = {
        ParameterSource.COMMANDLINE: setting.flag,
        ParameterSource.ENVIRONMENT: setting.variable,
        ParameterSource.DEFAULT_MAP: str(ctx.params.get("config")),
    }
    return found.get(ctx.get_parameter_source(setting.parameter) or ParameterSource.DEFAULT, DEFAULT)


def message(error: click.ClickException) -> str:
    """What is wrong with a call, in one sentence that names the place and where to read on."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    text = error.format_message()
    if isinstance(error, click.NoSuchOption) and (hint := FORMER.get(error.option_name.lstrip("-"))):
        text = f"{error.option_name}: there is no such option any more; {hint}"
    if isinstance(error, click.BadParameter) and context and error.param and error.param.name in BY_PARAMETER:
        setting = BY_PARAMETER[error.param.name]
        is_of_file = context.get_parameter_source(setting.parameter) == ParameterSource.DEFAULT_MAP
        text = f"{origin(context, setting)}{f', {setting.name}' if is_of_file else ''}: {error.message}"
    return f"{text.removesuffix('.')} (see {context.command_path} --help)." if context else text


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


def _only_one(_: click.Context, parameter: click.Parameter, values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise click.BadParameter(f"One value is allowed. {BY_PARAMETER[parameter.name or ''].instead}")
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
            raise click.UsageError(f"{name}: there is no such variable; {_nearest(name, known)}.", ctx)


def _file_option() -> click.Option:
    return click.Option(
        ["--config"],
        type=FILE,
        envvar=CONFIG,
        metavar="FILE",
        help=f"TOML file of settings ({CONFIG}).",
        is_eager=True,  # click reads these first, so the others find its values in the default map
        callback=_read_file,
    )


def _read_file(ctx: click.Context, _: click.Parameter, file: Path | None) -> Path | None:
    """Let the file give what no flag and no variable gives."""
    if file is None:
        return None
    try:
        # TOML is UTF-8 (https://toml.io/en/v1.0.0#spec), and tomllib refuses a byte order mark, with which some editors
        # begin.
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file}: the file is not UTF-8, see byte {error.start}.", ctx) from error
    except tomllib.TOMLDecodeError as error:
        raise click.UsageError(f"{file}: the file is not TOML: {error}.", ctx) from error
    known = {setting.name: setting for setting in SETTINGS.values() if not setting.secret}
    secrets = {setting.name: setting for setting in SETTINGS.values() if setting.secret}
    for name in content:
        if name in secrets:
            variable = secrets[name].variable
            raise click.UsageError(f"{file}, {name}: a secret is read from {variable} only.", ctx)
        if name not in known:
            hint = _nearest(name, list(known))
            raise click.UsageError(f"{file}, {name}: there is no such key; {hint}.", ctx)
    ctx.default_map = {known[name].parameter: _texts(value, known[name]) for name, value in content.items()}
    return file


def _texts(value: object, setting: Setting) -> object:
    """A value of TOML as flags have it, so that it is checked in the same way."""
    if setting.many or setting.instead:
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nearest(name: str, known: Sequence[str]) -> str:
    if hint := FORMER.get(name.removeprefix(PREFIX).lower().replace("_", "-")):
        return hint
    by_name = {one.removeprefix(PREFIX): one for one in known}
    near = get_close_matches(name.removeprefix(PREFIX), by_name, 1)
    return f"near to it is {by_name[near[0]]}" if near else "iqgraph config lists all that there are"
