"""The supervisor: the process that was started, which answers nobody and so outlives whatever happens to those who do.

A keeper holds a state of the data, and makes the process that answers from it. For new data there is a new keeper
beside the old one; only when its process has shown that it can answer, the old one hands over.
"""

import contextlib
import logging
import os
import select
import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial

from ...errors import CallError, DatasetError
from .control import RELOAD, outcome
from .events import Events, Timer
from .generation import Generation
from .keeper import Announce, Recipe, Recipes, keep
from .listening import listen

HANDOVER = 5.0
PROOF = 60.0
FORCE = 4.0
OLD = 3
RETRY, LONGEST_RETRY = 1.0, 60.0
STILL = "The old data is still served."

log = logging.getLogger(__name__)
Ready = Callable[[str], object]


class Supervisor:
    """Starts the service, renews it and ends it, in one thread."""

    def __init__(self, recipes: Recipes, listener: socket.socket, grace: float = 10.0, longest: float = 15.0) -> None:
        """Requests get `grace` seconds at the end of the service; none takes longer than `longest`."""
        self.recipes, self.listener, self.grace, self.longest = recipes, listener, grace, longest
        self.begun = recipes.first
        self.current: Generation | None = None
        self.coming: Generation | None = None
        self.retired: list[Generation] = []
        self.asking: list[socket.socket] = []
        self.later: list[socket.socket] | None = None
        self.proof: Timer | None = None
        self.retry = RETRY
        self.started = self.stopping = self.ended = False
        self.terminal = _has_terminal()

    def run(self, announce: Announce, ready: Ready, door: socket.socket | None) -> None:
        """Serve until told to stop; what keeps the first start from success is raised."""
        self.announce, self.ready = announce, ready
        self.events = Events(
            {
                signal.SIGTERM: self._stop,
                signal.SIGINT: self._interrupted,
                signal.SIGHUP: self._hung_up,
                signal.SIGCHLD: self._bereaved,
            }
        )
        if door:
            self.events.watch(door, partial(self._knocked, door))
        try:
            self._begin(self.recipes.first)
            while not self.ended:
                self.events.step()
        finally:
            for one in self._all():
                one.kill()
            self._dismiss(1, ["The server is being stopped."])
            self.events.close()

    # New data

    def _reload(self, askers: Sequence[socket.socket] = ()) -> None:
        """Begin with new data; what is asked for meanwhile is begun afterwards, since files may have changed."""
        if self.coming or not (self.current and self.current.serving) or not self._has_room():
            self.later = [*(self.later or ()), *askers]
        else:
            self.asking = list(askers)
            self._begin(self.recipes.again)

    def _begin(self, recipe: Recipe) -> None:
        self.begun = recipe
        work = partial(keep, recipe, self.listener, grace=self.grace)
        try:
            self.coming = one = Generation(work, self._abandon)
        except OSError as error:
            self._fail(f"No process can be had for it: {error.strerror}.", data=False)
            return
        self.events.watch(one.line, partial(self._news, one))

    def _has_room(self) -> bool:
        """Whether there are few enough older states; if not, the oldest gets the time that its queries may take."""
        if len(self.retired) < OLD:
            return True
        oldest = self.retired[0]
        if not oldest.leaving:
            log.info("New data waits until the oldest of %d older states is not asked any more.", OLD)
            oldest.leaving = True
            oldest.tell("stop", seconds=2 * self.longest)  # some may have come late
            self.events.after(2 * self.longest + FORCE, partial(self._end, oldest))
        return False

    def _end(self, one: Generation) -> None:
        """End a generation that should have left, and hangs."""
        if one in self.retired:
            one.end()

    def _abandon(self) -> None:
        """Close what is only the supervisor's, as every process does that it makes."""
        self.events.abandon()
        for asker in [*self.asking, *(self.later or ())]:
            asker.close()

    def _news(self, one: Generation) -> None:
        match one.told():
            case None:
                self._gone(one)
            case {"say": str(line)}:
                one.said.append(line)
                if not self.started:
                    self.announce(line)
            case {"built": str(about)}:
                one.about = about
                self.proof = self.events.after(PROOF, partial(self._fail, "It did not become ready in time."))
            case {"failed": str(reason), "data": bool(data)}:
                self._fail(reason, data=data)
            case {"ready": _}:
                self._is_ready(one)
            case {"serving": _} if one is self.current and not one.serving:
                self._is_serving(one)
            case {"lost": _} if one is self.coming:
                self._fail("The process that should answer from it ended before it was ready.")
            case {"lost": _}:
                log.warning("The process that answers was lost, and is replaced.")

    def _is_ready(self, one: Generation) -> None:
        if one is self.coming:
            self._swap(one)
        elif one is self.current:
            one.tell("go")

    def _swap(self, one: Generation) -> None:
        """Let the new generation answer every request that begins from now on."""
        old, self.current, self.coming = self.current, one, None
        self._in_time()
        ends = socket.socketpair()
        if old and self._yielded(old, ends[0]):
            self.retired.append(old)
        if not self.started:
            listen(self.listener)
        one.tell("go", [ends[1]] if old else [])
        self._settle(taken=True)
        for end in ends:
            end.close()

    def _is_serving(self, one: Generation) -> None:
        one.serving, self.retry = True, RETRY
        if self.started:
            log.info("The new data is served: %s.", one.about)
        else:
            self.started = True
            self.ready(one.about)
        self._dismiss(0, [*one.said, f"The new data is served: {one.about}."])
        self._continue()

    def _yielded(self, old: Generation, end: socket.socket) -> bool:
        """Whether the old process has handed over; if it does not, it is beyond help, and ended."""
        old.release()
        old.tell("yield", [end])
        while select.select([old.line], [], [], HANDOVER)[0]:
            told = old.told()
            if told is None:
                break
            if "yielded" in told:
                return True
        self.events.leave(old.line)
        old.kill()
        return False

    def _fail(self, reason: str, *, data: bool = True) -> None:
        """Give the new generation up."""
        failed, self.coming = self.coming, None
        self._in_time()
        if failed:
            self.events.leave(failed.line)
            failed.kill()
        self._settle(taken=False)
        if not self.started:
            raise DatasetError(reason) if data else CallError(reason)
        log.warning("The new data is not served: %s", reason)
        self._dismiss(1, [*(failed.said if failed else ()), f"{reason} {STILL}"])
        self._continue()

    def _settle(self, *, taken: bool) -> None:
        """Let on disk be what is served."""
        try:
            self.begun.settle(taken=taken)
        except (CallError, OSError) as error:
            log.warning("The store could not be put in order: %s", error)

    def _dismiss(self, code: int, lines: list[str]) -> None:
        for asker in self.asking:
            outcome(asker, code, lines)
        self.asking = []

    def _continue(self) -> None:
        """Go on with what was asked for meanwhile, or with what was lost."""
        if self.later is not None:
            askers, self.later = self.later, None
            self._reload(askers)
        elif self.current is None or not self.current.kept:
            self.events.after(self.retry, self._restore)
            self.retry = min(2 * self.retry, LONGEST_RETRY)

    def _in_time(self) -> None:
        if self.proof:
            self.proof.cancel()

    # What is lost

    def _gone(self, one: Generation) -> None:
        """Every process of a generation has ended."""
        if one is self.coming:
            self._fail("The process that loads the data ended before it was done; there may be too little memory.")
            return
        self.events.leave(one.line)
        one.kill()
        self.retired = [other for other in self.retired if other is not one]
        if one is self.current:
            self.current = None
            self._restore()
        elif self.later is not None and not self.stopping:
            self._continue()
        self.ended = self.stopping and not self._all()

    def _bereaved(self) -> None:
        lost = [one for one in self._all() if one.lost_keeper()]
        if self.current in lost:
            log.warning("The process that holds the data was lost; the data is loaded again.")
            self._restore()
        if os.getpid() == 1:  # in a container, whoever lost its parent is ours
            _reap()

    def _restore(self) -> None:
        if not (self.coming or self.stopping or (self.current and self.current.kept)):
            self._begin(self.recipes.same)

    def _all(self) -> list[Generation]:
        return [one for one in (self.current, self.coming, *self.retired) if one]

    # What whoever runs the server wants

    def _knocked(self, door: socket.socket) -> None:
        asker = door.accept()[0]
        self.events.watch(asker, partial(self._heard, asker))

    def _heard(self, asker: socket.socket) -> None:
        self.events.leave(asker)
        if asker.recv(len(RELOAD)) == RELOAD and not self.stopping:
            self._reload([asker])
        else:
            asker.close()

    def _hung_up(self) -> None:
        """SIGHUP asks for new data, but when the terminal was closed it is the end."""
        if self.terminal and not _has_terminal():
            self._stop()
        elif not self.stopping:
            self._reload()

    def _interrupted(self) -> None:
        if not self.started:
            raise KeyboardInterrupt
        self._stop()

    def _stop(self) -> None:
        """End gracefully; if told so again, at once."""
        if self.stopping or not self.started:
            self.ended = True
            return
        self.stopping = True
        if self.coming:
            self.events.leave(self.coming.line)
            self.coming.kill()
            self.coming = None
            self._settle(taken=False)
        for one in self._all():
            one.release()
            one.tell("stop", seconds=self.grace)
        self.events.after(self.grace + FORCE, self._stop)
        self.ended = not self._all()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _reap() -> None:
    """Take note of the end of those who came to this process because their own parent ended before them."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
