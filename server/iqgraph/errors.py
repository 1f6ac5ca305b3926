"""What can be wrong: the data, or the call. The message is one sentence that a person can act on."""

import re
from typing import overload

from .bilingual import Text, untranslated

MAX_REPEATED_CHARS = 200
_LOGIN = re.compile("//[^/?#]*@")


def shortened(text: str, most: int = MAX_REPEATED_CHARS) -> str:
    """What somebody sent, as an error repeats it: its beginning, if it is long."""
    return text if len(text) <= most else f"{text[:most]}…"


def without_login(address: str) -> str:
    """An address as an error repeats it: what stands before @ may be a password (RFC 3986, section 3.2.1)."""
    return _LOGIN.sub("//…@", address)


class LocalizedError(Exception):
    """An error that says what is wrong in both languages, or in the words of a text; as a string it is English.

    Its text is its only argument, so that it can be handed to another process and is the same there.
    """

    @overload
    def __init__(self, text: Text) -> None: ...
    @overload
    def __init__(self, *, de: str, en: str) -> None: ...
    def __init__(self, text: Text | None = None, *, de: str = "", en: str = "") -> None:
        super().__init__(text or Text(de=de, en=en))

    @property
    def text(self) -> Text:
        """What is wrong."""
        found: Text = self.args[0]
        return found

    def __str__(self) -> str:
        """What is wrong, in English."""
        return self.text.en


class DatasetError(LocalizedError):
    """The data is wrong."""


class CallError(LocalizedError):
    """What was asked for cannot be done: a missing file, an unknown format, a query that is none."""


class Inexpressible(LocalizedError):
    """A format has no way to write what it should hold."""


def sentence(error: Exception) -> Text:
    """An error as one sentence; one of the system names the file, if it is about one."""
    if isinstance(error, LocalizedError):
        return error.text
    if isinstance(error, OSError):
        reason = error.strerror or error
        return Text(
            de=f"{error.filename or 'Das System'}: {reason}.", en=f"{error.filename or 'The system'}: {reason}."
        )
    return untranslated(str(error))
