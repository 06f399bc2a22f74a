"""The servers that are measured, as processes of their own: started, waited for, weighed, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.load import Http
from bench.world import SCHEMAS, World

ROOT: Final = Path(__file__).resolve().parents[1]
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server; `start_seconds` from its start to its first answer."""

    address: str
    process: subprocess.Popen[bytes]
    start_seconds: float

    def resident_mb(self) -> float:
        """Return the memory that the process holds now."""
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return int(shown.stdout) / 1024


@contextmanager
def dougong(world: World, data_dir: Path, *, is_working: bool = True) -> Iterator[Server]:
    """Serve the platform, as anybody would; without `is_working`, jobs are left to workers of their own."""
    with _free_port() as port:
        command = [str(Path(sys.executable).parent / "dougong"), "serve", "--port", str(port), "--no-demo"]
        command += [] if is_working else ["--no-worker"]
    # No line a request: the application written by hand writes none either.
    settings = {"DOUGONG_DATABASE_URL": world.url, "DOUGONG_DATA_DIR": str(data_dir), "DOUGONG_LOG_LEVEL": "warning"}
    with _served(command, port, settings) as server:
        yield server


@contextmanager
def reference(world: World) -> Iterator[Server]:
    """Serve the application written by hand: one process, as the platform has."""
    with _free_port() as port:
        command = [sys.executable, "-m", "uvicorn", "bench.reference.application:create", "--factory"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    settings = {"BENCH_DATABASE_URL": world.url, "BENCH_SCHEMA": SCHEMAS["reference"]}
    with _served(command, port, settings) as server:
        yield server


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@contextmanager
def _served(command: list[str], port: int, settings: Mapping[str, str]) -> Iterator[Server]:
    began = time.perf_counter()
    address = f"127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=log
        )
        try:
            while not _answers(address):
                if process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                    log.seek(0)
                    said = log.read()[-2000:].decode(errors="replace")
                    raise RuntimeError(f"did not start: {' '.join(command)}\n{said}")
                time.sleep(0.01)
            yield Server(address=address, process=process, start_seconds=time.perf_counter() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(address: str) -> bool:
    try:
        http = Http(address)
    except OSError:
        return False
    try:
        return http.ask(b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")[0] == 200
    except OSError:
        return False
    finally:
        http.close()
