"""What can be wrong: the data, or the call. The message is one sentence that a person can act on."""


class DatasetError(Exception):
    """The data is wrong."""


class CallError(Exception):
    """What was asked for cannot be done: a missing file, an unknown format, a query that is none."""


class Inexpressible(ValueError):
    """A format has no way to write what it should hold."""


def sentence(error: Exception) -> str:
    """An error as one sentence; one of the system names the file, if it is about one."""
    if isinstance(error, OSError):
        return f"{error.filename or 'The system'}: {error.strerror or error}."
    return str(error)
