"""Workers without a server: start and stop an engine with its own loop."""

import asyncio
import os
import signal
import threading

from iqgraph.engine import Isolated

_threads: dict[asyncio.AbstractEventLoop, threading.Thread] = {}


def start(engine: Isolated) -> None:
    """Run the loop of the engine in a thread."""
    loop = asyncio.new_event_loop()
    engine.attach(loop)
    _threads[loop] = threading.Thread(target=_run, args=(loop,), name="pool", daemon=True)
    _threads[loop].start()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def stop(engine: Isolated) -> None:
    """End the zygote, and with it the workers; its loop ends first, since it ends a process that loses its zygote."""
    thread = _threads.pop(engine.loop, None)
    if thread:
        engine.loop.call_soon_threadsafe(engine.loop.stop)
        thread.join()
    os.kill(engine.zygote.pid, signal.SIGKILL)
    os.waitpid(engine.zygote.pid, 0)
    engine.zygote.control.close()
    for worker in engine.zygote.workers.values():  # also one that was handed to a query which never resumed
        worker.channel.close()
