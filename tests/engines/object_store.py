"""A real S3-compatible store for the tests: SeaweedFS, one process on loopback, in a folder of its own.

`python -m tests.engines.object_store` builds it once through the Go module proxy (Go, some minutes and 2 GB of
memory); else the program `weed` on the path, or the one that DURE_WEED names, is taken.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.engines.broker import _DIES_WITH_PARENT, free_ports

BUILT = Path(__file__).parent / "seaweedfs" / "weed"
MODULE = "github.com/seaweedfs/seaweedfs@v0.0.0-20261109003541-7506e5f91cd6"
"""Version 4.53."""
START_S_MAX = 60
KEY, SECRET = "dure", "only-the-tests-know"
BUCKET = "dure"


def program() -> str:
    """Where the store's program is; empty where this machine has none."""
    named = os.environ.get("DURE_WEED") or shutil.which("weed") or str(BUILT)
    return named if Path(named).exists() else ""


def require() -> None:
    """Skip the test visibly where there is no store; where DURE_WEED names one that is not there, that is an error."""
    if program():
        return
    reason = "no S3 store: SeaweedFS not found (install Go and run python -m tests.engines.object_store)"
    if "DURE_WEED" in os.environ:
        raise RuntimeError(reason)
    pytest.skip(reason)


def build() -> None:
    """Build the store from its module: its `go.mod` replaces a part, so `go install` does not take it."""
    with tempfile.TemporaryDirectory() as folder:
        there = subprocess.run(
            ["go", "mod", "download", "-json", MODULE], cwd=folder, check=True, capture_output=True, text=True
        )
        copy = Path(folder) / "source"
        shutil.copytree(json.loads(there.stdout)["Dir"], copy)
        for one in (copy, *copy.rglob("*")):
            one.chmod(one.stat().st_mode | 0o200)
        BUILT.parent.mkdir(parents=True, exist_ok=True)
        flags = {"GOFLAGS": "-p=1 -buildvcs=false -mod=mod"}
        command = ["go", "build", "-ldflags", "-s -w", "-o", str(BUILT), "./weed"]
        subprocess.run(command, cwd=copy, check=True, env={**os.environ, **flags})


class ObjectStore:
    """One store with one bucket: `start`, `stop`; `freeze` and `thaw` for one that gives no answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = free_ports(5)
        while any(port + 10_000 > 65_000 for port in ports):
            ports = free_ports(5)
        self._master, self._volume, self._filer, self.port, self._metrics = ports
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "ObjectStore":
        """Start it and wait until it serves; the bucket is made with the first start."""
        data, told = self._folder / "data", self._folder / "s3.json"
        data.mkdir(parents=True, exist_ok=True)
        rights = ["Admin", "Read", "Write", "List", "Tagging"]
        who = {"name": "dure", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": rights}
        told.write_text(json.dumps({"identities": [who]}))
        command = [
            program(), "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-master.port={self._master}", f"-volume.port={self._volume}", "-filer", f"-filer.port={self._filer}",
            "-s3", f"-s3.port={self.port}", f"-s3.config={told}", "-volume.max=5", "-master.volumeSizeLimitMB=64",
        ]  # fmt: skip
        with (self._folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _DIES_WITH_PARENT, str(os.getpid()), *command],
                cwd=data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_S_MAX
        while not (self._serves() and self._has_bucket()):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._folder / "weed.log").read_text()[-2000:])
            time.sleep(0.2)
        return self

    def _serves(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def _has_bucket(self) -> bool:
        made = urllib.request.Request(f"http://127.0.0.1:{self._filer}/buckets/{BUCKET}/", method="POST")
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(made, timeout=5) as answer:
                return bool(answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


if __name__ == "__main__":
    build()
