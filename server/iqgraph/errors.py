"""The errors that users see, each with a message in German and English."""

import re

from .bilingual import Text, untranslated

MAX_REPEATED_CHARS = 200
_LOGIN = re.compile("//[^/?#]*@")


def shorten(text: str, most: int = MAX_REPEATED_CHARS) -> str:
    """Truncate input that an error message repeats."""
    return text if len(text) <= most else f"{text[:most]}…"


def not_utf8(name: str, error: UnicodeDecodeError) -> Text:
    """The message that a file is not UTF-8, with the line of the first byte that is not."""
    line = error.object.count(b"\n", 0, error.start) + 1
    return Text(
        de=f"{name}, Zeile {line}: Das ist kein UTF-8; speichern Sie es in UTF-8.",
        en=f"{name}, line {line}: this is not UTF-8; save it in UTF-8.",
    )


def without_login(address: str) -> str:
    """Remove the user information, which may contain a password, from a URL (RFC 3986, section 3.2.1)."""
    return _LOGIN.sub("//…@", address)


class LocalizedError(Exception):
    """An error with a message in both languages; `str()` gives the English one.

    The message is the only argument, so that the error can be pickled.
    """

    def __init__(self, text: Text | None = None, *, de: str = "", en: str = "") -> None:
        super().__init__(text or Text(de=de, en=en))

    @property
    def text(self) -> Text:
        """The message in both languages."""
        message: Text = self.args[0]
        return message

    def __str__(self) -> str:
        """Return the English message."""
        return self.text.en


class DatasetError(LocalizedError):
    """The data is wrong."""


class CallError(LocalizedError):
    """The call is wrong: a missing file, an unknown format, an invalid query."""


class Inexpressible(LocalizedError):
    """A format cannot represent the data."""


def sentence(error: Exception) -> Text:
    """Return the message of an error as one sentence; that of an OSError names the file."""
    if isinstance(error, LocalizedError):
        return error.text
    if isinstance(error, OSError):
        reason = error.strerror or error
        return Text(
            de=f"{error.filename or 'Das System'}: {reason}.", en=f"{error.filename or 'The system'}: {reason}."
        )
    return untranslated(str(error))
