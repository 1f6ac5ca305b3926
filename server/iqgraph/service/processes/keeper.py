"""The keeper: a process that holds one state of the data, and makes the process that answers from it.

If that one is lost, the next is there at once, since nothing has to be loaded again.
"""

import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from flask import Flask

from ...errors import CallError, DatasetError, sentence
from ..requests.front import Front
from ..watchdog import EVERY, Beat, Watchdog
from . import answering
from .messages import send

PAUSE = 0.02
CHILD = {signal.SIGCHLD}
LONGEST_PAUSE = 5.0
FIRST_TO_GO = "800"
SCORE = Path("/proc/self/oom_score_adj")

log = logging.getLogger(__name__)
Announce = Callable[[str], object]


class Settle(Protocol):
    """Is told whether new data took the place of the old, so that what lies on disk can be what is served."""

    def __call__(self, *, taken: bool) -> object:
        """Put it in order."""


def nothing(*, taken: bool) -> None:
    """Leave all as it is."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a keeper makes the application, telling its findings, and how an answering process makes its front.

    The front may fork, so it is made before that process has a second thread. Each loss of such a process is noted.
    """

    app: Callable[[Announce], Flask]
    about: Callable[[Flask], str]
    front: Callable[[Flask, Beat], Front]
    lost: Callable[[Flask], object]
    settle: Settle = nothing


class Recipes(NamedTuple):
    """For the start, for new data, and for the same data once more, where the process was lost that held it."""

    first: Recipe
    again: Recipe
    same: Recipe


def keep(recipe: Recipe, listener: socket.socket, line: socket.socket, grace: float) -> NoReturn:
    """Make the application, and have somebody answer with it; what goes wrong is told on the line."""
    supervisor = os.getppid()
    try:
        with _first_to_go():
            app = recipe.app(lambda finding: send(line, say=finding))
    except (DatasetError, CallError, OSError, MemoryError) as error:
        send(line, failed=_sentence(error), data=isinstance(error, DatasetError))
        os._exit(1)
    gc.freeze()
    send(line, built=recipe.about(app))
    pause = PAUSE
    while os.getppid() == supervisor:
        began, beat = time.monotonic(), Beat()
        signal.pthread_sigmask(signal.SIG_BLOCK, CHILD)
        try:
            process = os.fork()
        except OSError as error:
            log.warning("No process can be had that answers: %s. It is tried again.", error.strerror)
        else:
            if process == 0:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, CHILD)
                _answer(partial(recipe.front, app, beat), listener, line, grace)
            status = _ended(process, beat)
            recipe.lost(app)
            with contextlib.suppress(OSError):
                send(line, lost=status)
        pause = PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        time.sleep(pause)
    os._exit(0)


def _ended(process: int, beat: Beat) -> int:
    """How a process ended, which is looked after until then."""
    dog = Watchdog(beat, partial(os.kill, process, signal.SIGKILL))
    while True:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return status
        if sys.platform == "linux":
            signal.sigtimedwait(CHILD, EVERY)
        else:
            time.sleep(PAUSE)
        dog.passed()


def _answer(front: Callable[[], Front], listener: socket.socket, line: socket.socket, grace: float) -> NoReturn:
    try:
        answering.run(front(), listener, line, grace)
    except BaseException:
        log.exception("The process that answers had to give up.")
        raise
    finally:
        os._exit(1)  # whatever happens, the code of the keeper must not go on in this process


@contextlib.contextmanager
def _first_to_go() -> Iterator[None]:
    """While data is loaded beside other data that is served: if memory runs out, the system shall end this process."""
    try:
        before = SCORE.read_text()
        SCORE.write_text(FIRST_TO_GO)
    except OSError:
        yield
        return
    yield
    SCORE.write_text(before)


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory to load the data."
    return sentence(error)
