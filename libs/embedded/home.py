"""Where the one-machine mode keeps what it must not forget: `.dure/` in the checkout, or `DURE_HOME`."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its process, when that began (to tell it from a later one of the same number), its port."""

    pid: int
    process_began_at: float
    port: int

    @property
    def url(self) -> str:
        """The address of its home page, without the last slash."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with data, log, clock, key and pid file of one embedded Dure."""

    folder: Path

    @classmethod
    def here(cls) -> Self:
        """The folder that `DURE_HOME` names, else `.dure` in the checkout."""
        return cls(Path(os.environ.get("DURE_HOME") or CHECKOUT / ".dure").absolute())

    @property
    def postgres(self) -> Path:
        """The data folder of the embedded PostgreSQL."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        """The server's log, one JSON object a line."""
        return self.folder / "dure.log"

    @property
    def clock(self) -> Path:
        """The file that holds the simulated instant."""
        return self.folder / "clock.json"

    @property
    def key(self) -> Path:
        """The issuer's private key."""
        return self.folder / "issuer-key.json"

    @property
    def report(self) -> Path:
        """The demo's report, where there is one."""
        return self.folder / "report"

    def make(self) -> None:
        """Create the folder, open to its owner only below it but passable, so that a server's user gets through."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def running(self) -> Running | None:
        """The server that runs on this folder, if it still does."""
        try:
            told = Running(**json.loads((self.folder / "server.json").read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return told if began_at(told.pid) == told.process_began_at else None

    def tell_running(self, port: int) -> None:
        """Write down that this very process serves on `port`."""
        running = Running(os.getpid(), began_at(os.getpid()) or 0.0, port)
        part = self.folder / "server.part"
        part.write_text(json.dumps(asdict(running)), encoding="utf-8")
        part.replace(self.folder / "server.json")

    def tell_stopped(self) -> None:
        """Take the note away, if it is this process's own."""
        running = self.running()
        if running is None or running.pid == os.getpid():
            (self.folder / "server.json").unlink(missing_ok=True)

    @property
    def demo_marker(self) -> Path:
        """There where all data is a demo's, which the next demo may throw away."""
        return self.folder / "made-by-demo"

    def clear(self) -> None:
        """Remove what was stored beside the databases: clock, documents, report. Keeps key, log and server."""
        for path in self.folder.iterdir():
            if path not in (self.postgres, self.key, self.log, self.folder / "start.log"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def reset(self) -> None:
        """Remove every trace. The server must have stopped."""
        from libs.embedded.postgres_home import discard  # noqa: PLC0415  (a plain `./dure status` need not load it)

        discard(self.postgres)
        shutil.rmtree(self.folder, ignore_errors=True)


def began_at(pid: int) -> float | None:
    """When the process of this number began, in seconds of the epoch; None where there is none."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  (only commands that ask pay for it)

    try:
        process = psutil.Process(pid)
        # a process that has ended but was not waited for yet is no server
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None
