"""A RabbitMQ of the test's own: its own node, ports, folders, cookie and epmd, all of which end with it."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import psutil

from ingest.store import die_with_parent

PATHS = "/usr/lib/rabbitmq/bin:/usr/local/sbin:/opt/homebrew/sbin:/usr/sbin"
"""Where it is besides PATH. Debian's /usr/sbin/rabbitmq-server is a wrapper that wants its own user and folders."""

START_SECONDS = 60.0
AMQP = b"AMQP\x00\x00\x09\x01"  # the header with which a client of 0-9-1 begins


def binary() -> str | None:
    """rabbitmq-server, or None where it is not installed (or has no epmd)."""
    path = f"{PATHS}:{os.environ['PATH']}"
    return shutil.which("rabbitmq-server", path=path) if shutil.which("epmd", path=path) else None


class RabbitMQ:
    """`with RabbitMQ(folder) as broker: broker.url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = dict(zip(("epmd", "node", "distribution"), free_ports(3), strict=True))
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = f"amqp://guest:guest@127.0.0.1:{self._ports['node']}//"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        (self._folder / "plugins").write_text("[].\n")
        (self._folder / "rabbitmq-env.conf").touch()  # else that of the system is read
        self._start("epmd", "-port", str(self._ports["epmd"]), "-address", "127.0.0.1")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):  # epmd last
            end(process)

    def start(self) -> None:
        """Start the server (again), and wait until it takes connections."""
        server = self._start(str(binary()))
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"RabbitMQ did not start:\n{(self._folder / 'log.txt').read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server, not its epmd."""
        end(self._processes.pop())

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self._environ(),
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 - no thread of ours starts one
            )
        self._processes.append(process)
        return process

    def _environ(self) -> dict[str, str]:
        """Nothing is shared with a RabbitMQ or epmd that runs here already."""
        folder = self._folder
        return {
            "PATH": f"{PATHS}:{os.environ['PATH']}",
            "HOME": str(folder),  # the cookie
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "RABBITMQ_NODENAME": f"teletipo-test-{self._ports['node']}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._ports["node"]),
            "RABBITMQ_DIST_PORT": str(self._ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._ports["node"]), 1) as line:
                line.sendall(AMQP)
                return bool(line.recv(1))
        except OSError:
            return False


def end(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, which a server takes as its cue to stop in order; what is left after a while is killed."""
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        for child in children:
            child.kill()
        process.kill()
        process.wait()


def free_ports(count: int) -> list[int]:
    """So many different ports of 127.0.0.1 that were free a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
