"""Workers without a server: an engine with its own loop."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from iqgraph.engine import Isolated


@contextmanager
def running(engine: Isolated) -> Iterator[Isolated]:
    """An engine whose loop runs in a thread until the end of the block."""
    loop = asyncio.new_event_loop()
    engine.attach(loop)
    thread = threading.Thread(target=loop.run_forever, name="pool", daemon=True)
    thread.start()
    try:
        yield engine
    finally:  # the loop ends first, since it ends a process that loses its zygote
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        stop(engine)


def stop(engine: Isolated) -> None:
    """End the zygote, and with it the workers, once the loop of the engine has ended."""
    os.kill(engine.zygote.pid, signal.SIGKILL)
    os.waitpid(engine.zygote.pid, 0)
    engine.zygote.control.close()
    for worker in engine.zygote.workers.values():  # also one that was handed to a query which never resumed
        worker.channel.close()
