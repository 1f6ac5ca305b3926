"""What a process waits for that has one thread: signals, sources that can be read, and times that come."""

import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


class Timer:
    """Something to be done at a time, unless it is called off."""

    def __init__(self, seconds: float, work: Work) -> None:
        self.time, self.work, self.off = time.monotonic() + seconds, work, False

    def cancel(self) -> None:
        """Call it off."""
        self.off = True


class Events:
    """Does what is to be done, one after the other; a signal only leaves a note, so it interrupts nothing."""

    def __init__(self, signals: Mapping[int, Work]) -> None:
        self.signals = signals
        self.selector = selectors.DefaultSelector()
        self.timers: list[Timer] = []
        self.woken, self.waker = socket.socketpair()
        self.waker.settimeout(0)
        self.before_wakeup = signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        self.before = {number: signal.signal(number, lambda *_: None) for number in signals}
        self.watch(self.woken, self._signalled)

    def watch(self, source: socket.socket, work: Work) -> None:
        """Do this whenever the source can be read."""
        self.selector.register(source, selectors.EVENT_READ, work)

    def leave(self, source: socket.socket) -> None:
        """Watch a source no more."""
        self.selector.unregister(source)

    def after(self, seconds: float, work: Work) -> Timer:
        """Do this in so many seconds."""
        timer = Timer(seconds, work)
        self.timers.append(timer)
        return timer

    def step(self) -> None:
        """Wait for the next event, and do what is to be done."""
        self.timers = [timer for timer in self.timers if not timer.off]
        first = min(self.timers, key=lambda timer: timer.time, default=None)
        found = self.selector.select(None if first is None else max(0.0, first.time - time.monotonic()))
        for key, _ in found:
            if self.selector.get_map().get(key.fd) is key:  # what was done before may have closed it
                key.data()
        if first and not found and time.monotonic() >= first.time:
            first.cancel()
            first.work()

    def close(self) -> None:
        """Leave everything as it was."""
        signal.set_wakeup_fd(self.before_wakeup)
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.abandon()

    def abandon(self) -> None:
        """Close what was watched, as a process does that was forked and has other business."""
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self.selector.close()
        self.waker.close()

    def _signalled(self) -> None:
        for number in self.woken.recv(64):
            self.signals[number]()
