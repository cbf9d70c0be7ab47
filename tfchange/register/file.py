"""The SQLite file of a register: where it may lie, who may read it, and how it is opened."""

import os
import sqlite3
import time

from tfchange.errors import AccessDeniedError, DeskError, SettingsError

PATIENCE = 30_000
"""How many milliseconds a process waits for others that write."""
PRAGMAS = (
    f"PRAGMA busy_timeout={PATIENCE}",
    "PRAGMA synchronous=FULL",  # a commit is on the disk before anybody is told of it
    "PRAGMA foreign_keys=ON",
)
NETWORKS = ("afs", "ceph", "cifs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "sshfs")
_TURNS, _PAUSE = 600, 0.05


def path_of(url: str) -> str:
    """The file that an address means, a path or `sqlite:///PATH`; `""` where it means no file.

    Raises `SettingsError` where it means a file in a way that a register does not know.
    """
    scheme, mark, rest = url.partition("://")
    if mark and scheme.lower() != "sqlite":
        return ""
    path, option, _ = rest.partition("?") if mark else (url, "", "")
    if mark and not path.startswith("/"):
        raise unusable("sqlite://… names no file; three slashes and a path do")
    path = path.removeprefix("/") if mark else path
    if path in ("", ":memory:"):
        raise unusable("what is in memory or nowhere is no place for a register that lasts")
    if option:
        raise unusable("the address sqlite:///… has options (?…), and a register knows none")
    return path


def holds(path: str) -> bool:
    """Whether there is anything in the file, or a file at all."""
    try:
        return os.path.getsize(path) > 0
    except OSError:
        return False


def unusable(what: str) -> SettingsError:
    """The error for an address that is no place for a register."""
    return SettingsError(
        what,
        "Set TFCHANGE_REGISTER_URL to the path of a file, to sqlite:///PATH, or to "
        "postgresql://USER@HOST/DATABASE.",
    )


def make(path: str) -> None:
    """The file is there, for nobody else to read where it is new; raises `DeskError`."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not os.path.exists(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise AccessDeniedError(
            f"the register {path} cannot be made: {error.strerror}",
            "Name a file in a folder that this user can write to in TFCHANGE_REGISTER_URL.",
        ) from error


def check(path: str) -> None:
    """The file does not lie where SQLite would lose data; raises `DeskError`."""
    if (kind := file_system(path)).removeprefix("fuse.") in NETWORKS:
        raise DeskError(
            f"the register {path} lies on a network drive ({kind}), where SQLite loses data",
            "Name a file on a local disk in TFCHANGE_REGISTER_URL, or share a PostgreSQL: "
            "postgresql://user@host/database",
        )


def open_(path: str) -> sqlite3.Connection:
    """A connection to the file in WAL mode; transactions begin and end only where we say so."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        _log_ahead(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def file_system(path: str) -> str:
    """The kind of file system that the path lies on; `""` where the system does not say."""
    real, best, kind = os.path.realpath(path), "", ""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            found = [line.split(" ")[1:3] for line in mounts]
    except OSError:
        return ""
    for point, what in found:
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, what
    return kind


def _log_ahead(connection: sqlite3.Connection, path: str) -> None:
    """The file is in WAL mode. SQLite does not wait for others in this one step, so we do."""
    for _ in range(_TURNS):
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode != "wal":
                (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_LOCKED"):
                raise
            mode = "busy"
        if mode == "wal":
            return
        time.sleep(_PAUSE)
    raise DeskError(
        f"the register {path} cannot be written ahead (WAL) where it lies",
        "Name a file on a local disk in TFCHANGE_REGISTER_URL, or share a PostgreSQL: "
        "postgresql://user@host/database",
    )
