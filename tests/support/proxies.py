"""Nginx with the shipped configuration, and servers behind it, started as by the unit."""

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
NOWHERE = "/.well-known/acme-challenge/nothing"  # nginx does not forward it
PAUSE = 0.02
TYPED = {"Content-Type": "application/sparql-query"}
# Replacements for the lines marked CHANGE: addresses, and shorter times.
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
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Service:
    """One of our servers, started as by the unit, with a fixed port; it can be killed and restarted."""

    files: Sequence[Path]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    def command(self, name: str) -> list[str]:
        """The command of the unit to start or reload it."""
        match = re.search(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
        assert match
        _, *words = shlex.split(match[1].replace("%i", str(self.port)).replace("/etc/iqgraph/", f"{DEPLOY}/"))
        return [sys.executable, "-m", "iqgraph", *words]

    def start(self) -> None:
        """Start it; `up` waits until it answers."""
        command = [*self.command("ExecStart"), "--", *map(str, self.files)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )

    def up(self) -> None:
        """Wait until it is ready."""
        until(lambda: ask(self.address, "/ready").status == 200)

    def reload(self) -> None:
        """Reload its data, and wait for the end of that."""
        subprocess.run(self.command("ExecReload"), check=True, capture_output=True)

    def kill(self) -> None:
        """Kill all its processes, and wait for their end."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None


def find(program: str) -> str | None:
    """The path of a program, also of those in sbin."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def missing() -> str:
    """Why nginx cannot be tested here; empty if it can."""
    return "" if find("nginx") else "nginx is missing: apt-get install nginx"


def ask(
    address: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> Reply:
    """The answer to a request over a connection of its own, with only these headers."""
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
    """Servers of these files; those that a test killed stay down."""
    servers = [Service(files) for _ in range(number)]
    try:
        for one in servers:
            one.start()
        for one in servers:
            one.up()
        yield servers
    finally:
        for one in servers:
            one.kill()


@contextmanager
def nginx(
    folder: Path,
    addresses: Sequence[str],
    site: str = "http.conf",
    changes: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The address of nginx in front of these servers, with a shipped configuration and more files of it."""
    shutil.copytree(DEPLOY / "nginx", folder / "iqgraph")
    for name, text in (more or {}).items():
        (folder / "iqgraph" / name).write_text(text, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    for file in (folder / "iqgraph").iterdir():
        text = file.read_text(encoding="utf-8")
        text = SERVER.sub(lambda match: "".join(f"    server {one}{match[2]}\n" for one in addresses), text)
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
    """Clients that send different queries repeatedly; their answers and errors."""

    query: Callable[[int], bytes]
    answers: set[bytes] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    number: int = 0
    over: Event = field(default_factory=Event)

    def run(self, address: str, first: int, step: int) -> None:
        """Run one client, with its own numbers."""
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
        """Wait for more answers."""
        enough = self.number + more
        until(lambda: self.number >= enough)


@contextmanager
def crowd(address: str, query: Callable[[int], bytes], clients: int = 6) -> Iterator[Crowd]:
    """Clients of a server for the duration of the block."""
    group = Crowd(query)
    threads = [Thread(target=group.run, args=(address, place, clients)) for place in range(clients)]
    try:
        for thread in threads:
            thread.start()
        yield group
    finally:
        group.over.set()
        for thread in threads:
            thread.join()
