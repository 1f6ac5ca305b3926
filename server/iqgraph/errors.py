"""What can be wrong: the data, or the call. The message is one sentence that a person can act on."""


class DatasetError(Exception):
    """The data is wrong."""


class CallError(Exception):
    """What was asked for cannot be done: a missing file, an unknown format, a query that is none."""
