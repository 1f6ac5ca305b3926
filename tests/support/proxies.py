"""Nginx as it is shipped, and servers of ours to stand behind it, started as the unit has it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

from loopback import PATIENCE, free_port, until
from repository import ROOT

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "iqgraph@.service"
NOWHERE = "/.well-known/acme-challenge/nothing"  # nobody behind nginx is asked for it
PAUSE = 0.02
TYPED = {"Content-Type": "application/sparql-query"}
# What the marked lines are changed to: where to listen; and times that no test wants to wait for.
CHANGES = {
    "listen 80;": "listen {address};",
    "listen [::]:80;": "",
    "listen 127.0.0.1:7878;": "listen {address};",
    "proxy_read_timeout 20s;  # CHANGE with --timeout of": "proxy_read_timeout 1s;  #",
}
SERVER = re.compile(r"^    server (\S+)( .*;) .*\n(?:    server .*\n)*", re.MULTILINE)
MAIN = """
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format upstream $upstream_addr;
    access_log {folder}/upstream.log upstream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include iqgraph/{site};
}}
"""


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Service:
    """One of our servers, by the unit, with its port for good; it can be ended and started again."""

    files: Sequence[Path]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def command(self, name: str) -> list[str]:
        """What the unit starts or reloads it with."""
        found = re.search(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        _, *words = shlex.split(found[1].replace("%i", str(self.port)).replace("/etc/iqgraph/", f"{DEPLOY}/"))
        return [sys.executable, "-m", "iqgraph", *words]

    def start(self) -> None:
        """Start it; `up` tells when it answers."""
        command = [*self.command("ExecStart"), "--", *map(str, self.files)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )

    def up(self) -> None:
        """Wait until it is ready."""
        until(lambda: ask(self.address, "/ready").status == 200)

    def reload(self) -> None:
        """Let it load its data again, and wait until that is done."""
        subprocess.run(self.command("ExecReload"), check=True, capture_output=True)

    def kill(self) -> None:
        """Kill all its processes, and wait until they are gone."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None


def find(program: str) -> str | None:
    """Where a program is; those of administrators are not on everybody's path."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def missing() -> str:
    """Why nginx cannot be tried here; empty if it can."""
    return "" if find("nginx") else "nginx is missing: apt-get install nginx"


def ask(
    address: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> Reply:
    """What is answered to one request over a connection of its own, with no headers but these."""
    connection = HTTPConnection(address, timeout=PATIENCE)
    try:
        connection.putrequest(method, target, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
        length = {"Content-Length": str(len(body))} if body is not None else {}
        for name, value in {**length, "Connection": "close", **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        content = response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
    finally:
        connection.close()


@contextmanager
def services(number: int, *files: Path) -> Iterator[list[Service]]:
    """So many of our servers of these files; those that a test has ended stay so."""
    found = [Service(files) for _ in range(number)]
    try:
        for one in found:
            one.start()
        for one in found:
            one.up()
        yield found
    finally:
        for one in found:
            one.kill()


@contextmanager
def nginx(
    folder: Path,
    addresses: Sequence[str],
    site: str = "http.conf",
    changes: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The address of nginx with a shipped configuration, and more files of it, before these servers."""
    shutil.copytree(DEPLOY / "nginx", folder / "iqgraph")
    for name, text in (more or {}).items():
        (folder / "iqgraph" / name).write_text(text, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    for file in (folder / "iqgraph").iterdir():
        text = file.read_text(encoding="utf-8")
        text = SERVER.sub(lambda found: "".join(f"    server {one}{found[2]}\n" for one in addresses), text)
        for old, new in (CHANGES | dict(changes or {})).items():
            text = text.replace(old, new.format(address=address))
        file.write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, site=site), encoding="utf-8")
    command = [str(find("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        process = subprocess.Popen(command, stdout=log, stderr=log)
        stack.callback(_end, process)
        until(lambda: process.poll() is not None or ask(address, NOWHERE).status == 404)
        assert process.poll() is None, (folder / "log").read_text()
        yield address


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Crowd:
    """Clients that ask on and on, each time something new; what they were answered, and what went wrong."""

    query: Callable[[int], bytes]
    answers: set[bytes] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    number: int = 0
    over: Event = field(default_factory=Event)

    def run(self, address: str, first: int, step: int) -> None:
        """One client, with numbers of its own."""
        place = first
        while not self.over.wait(PAUSE):  # without a pause, the clients keep servers from starting
            place += step
            try:
                reply = ask(address, "/sparql?format=csv", TYPED, method="POST", body=self.query(place))
                if reply.status == 200:
                    self.answers.add(reply.body)
                else:
                    self.failed.append(f"{reply.status} {reply.body[:200]!r}")
            except (OSError, HTTPException) as error:
                self.failed.append(repr(error))
            self.number += 1

    def go_on(self, more: int) -> None:
        """Wait for so many more answers."""
        enough = self.number + more
        until(lambda: self.number >= enough)


@contextmanager
def crowd(address: str, query: Callable[[int], bytes], clients: int = 6) -> Iterator[Crowd]:
    """So many clients ask a server as long as the block lasts."""
    found = Crowd(query)
    threads = [Thread(target=found.run, args=(address, place, clients)) for place in range(clients)]
    try:
        for thread in threads:
            thread.start()
        yield found
    finally:
        found.over.set()
        for thread in threads:
            thread.join()
