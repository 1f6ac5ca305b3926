"""Many of our servers, and nginx or Varnish before them with the configuration that is shipped."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

import iqgraph
from iqgraph.resources import packaged
from repository import ROOT

DEPLOY = ROOT / "deploy"
PATIENCE = 120
PAUSE = 0.02
DESCRIPTION = "Institute that coordinates the Hessian IQ network"  # of involas, on its page and in its documents
# What the marked lines are changed to: where to listen and to write; and times that no test wants to wait for.
NGINX = {
    "listen 80;": "listen {address};",
    "/var/cache/iqgraph": "{folder}/cache",
    "/etc/nginx/iqgraph": "{folder}/iqgraph",
    "proxy_read_timeout 10s;": "proxy_read_timeout 1s;",
    "proxy_read_timeout 20s;": "proxy_read_timeout 4s;",
}
VARNISH = {"-a :80": "-a {address}", "/etc/varnish/iqgraph": "{folder}/iqgraph", "-j unix,user=vcache": "-j none"}
VCL = {"first_byte_timeout = 10s;": "first_byte_timeout = 1s;", "first_byte_timeout = 20s;": "first_byte_timeout = 4s;"}
MAIN = """
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include iqgraph/site.conf;
}}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def below(process: int) -> list[int]:
    """All processes that a process has started, and that these have started."""
    found = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in map(str.split, found.splitlines())}
    family = [process]
    for one in family:
        family += [child for child, parent in parents.items() if parent == one]
    return family[1:]


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def version(self) -> str:
        """The data that it says it is from."""
        return self.headers.get("dataset-hash", "")

    @property
    def hit(self) -> bool:
        """Whether the cache says that it had it."""
        return "; hit" in self.headers["cache-status"]


@dataclass
class Replica:
    """One of our servers, with its port for good; it can be ended and started again."""

    arguments: Sequence[str] = ()
    tree: Path | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; `up` tells when it answers. With a tree, the package that lies there is served."""
        command = [sys.executable, "-m", "iqgraph", "serve", "--port", str(self.port), *self.arguments]
        command += ["--trusted-proxies", "127.0.0.1"]
        environment = os.environ | ({"PYTHONPATH": str(self.tree)} if self.tree else {})
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, env=environment, text=True, start_new_session=True
        )

    def up(self) -> None:
        """Wait until it is ready."""
        until(lambda: ask(self.address, "/ready").status == 200)

    def answered(self) -> int:
        """How many answers it has given since its start."""
        lines = ask(self.address, "/metrics").body.decode().splitlines()
        return sum(int(line.split()[-1]) for line in lines if line.startswith("iqgraph_answers_total{"))

    def tell(self, sign: signal.Signals) -> None:
        """Send a signal to all its processes, before any of them can see what became of the others."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)  # so that it makes no further ones
        for one in [*below(self.process.pid), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(one, sign)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait until it has."""
        if self.process:
            if self.process.poll() is None:
                if sign == signal.SIGTERM:
                    self.process.terminate()
                else:
                    self.tell(sign)
            self.process.wait(PATIENCE)
            self.process = None


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: its address, the folder with its configuration, and how to switch it to other servers."""

    kind: str
    address: str
    folder: Path
    environment: Mapping[str, str]

    def switch(self, *addresses: str, data: str = "", shown: str = str(DEPLOY / "switch")) -> str:
        """Let it ask these servers; what the command said."""
        command = [shown, self.kind, str(self.folder), *addresses]
        environment = {**os.environ, **self.environment, **({"DATA": data} if data else {})}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()


def missing(kind: str) -> str:
    """Why a proxy cannot be tried here; empty if it can."""
    needed = ("nginx",) if kind == "nginx" else ("varnishd", "varnishadm", "gcc")
    absent = [program for program in (*needed, "curl") if find(program) is None]
    return f"{' and '.join(absent)} not installed: apt-get install nginx varnish gcc curl" if absent else ""


def find(program: str) -> str | None:
    """Where a program is; those of administrators are not on everybody's path."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


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
        told: dict[str, str] = {}
        for name, value in response.getheaders():
            told[name.lower()] = f"{told[name.lower()]}, {value}" if name.lower() in told else value
        return Reply(response.status, told, content)
    finally:
        connection.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; a server that does not answer yet is waited for."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except (OSError, HTTPException):
            pass
        assert time.monotonic() < end, "it did not come to hold"
        Event().wait(PAUSE)


@contextmanager
def replicas(number: int, *arguments: str, tree: Path | None = None) -> Iterator[list[Replica]]:
    """So many of our servers; those that a test has ended stay so."""
    found = [Replica(arguments, tree) for _ in range(number)]
    try:
        for one in found:
            one.start()
        for one in found:
            one.up()
        yield found
    finally:
        for one in found:
            one.end(signal.SIGKILL)


@contextmanager
def running(kind: str, folder: Path, addresses: Sequence[str], data: str = "") -> Iterator[Proxy]:
    """A proxy of the shipped configuration before these servers."""
    shutil.copytree(DEPLOY / kind, folder / "iqgraph")
    address = f"127.0.0.1:{free_port()}"
    start, environment = (_nginx if kind == "nginx" else _varnish)(folder, address)
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        process = subprocess.Popen(start, stdout=log, stderr=log)
        stack.callback(_end, process)
        proxy = Proxy(kind, address, folder / "iqgraph", environment)
        until(lambda: process.poll() is not None or ask(address, "/metrics").status == 404)
        assert process.poll() is None, (folder / "log").read_text()
        proxy.switch(*addresses, data=data)
        yield proxy


def _nginx(folder: Path, address: str) -> tuple[list[str], dict[str, str]]:
    _change(folder / "iqgraph/site.conf", NGINX, folder, address)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    command = [str(find("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return command, {"NGINX": " ".join(command), "NGINX_PID": str(folder / "nginx.pid")}


def _varnish(folder: Path, address: str) -> tuple[list[str], dict[str, str]]:
    unit = folder / "iqgraph/iqgraph.conf"
    _change(unit, VARNISH, folder, address)
    _change(folder / "iqgraph/site.vcl", VCL, folder, address)
    lines = unit.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    command = next(line for line in lines if line.startswith("ExecStart=/")).removeprefix("ExecStart=").split()
    environment = {"VARNISHADM": f"{find('varnishadm')} -n {folder}/work"}
    return [str(find("varnishd")), "-n", f"{folder}/work", *command[1:]], environment


def _change(file: Path, changes: Mapping[str, str], folder: Path, address: str) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{file.name} has no {old}"
        text = text.replace(old, new.replace("{folder}", str(folder)).replace("{address}", address))
    file.write_text(text, encoding="utf-8")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def newer(folder: Path) -> Path:
    """A tree with the package as installed, but with other data: what a newer release would be."""
    package, sources = folder / "iqgraph", packaged()
    unused = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(Path(iqgraph.__file__).parent, package, ignore=unused)
    for name, root in (("ontology", sources.ontology), ("data", sources.data), ("shapes", sources.shapes)):
        shutil.copytree(str(root), package / name, dirs_exist_ok=True)
    names = package / "data/11-jahre-iq/names.trig"
    text = names.read_text(encoding="utf-8")
    assert DESCRIPTION in text
    names.write_text(text.replace(DESCRIPTION, f"Newer: {DESCRIPTION}"), encoding="utf-8")
    command = [sys.executable, "-m", "iqgraph", "seal"]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(folder)}, check=True, capture_output=True)
    return folder
