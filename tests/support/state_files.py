"""State files of the product as other versions of it would leave them, and what is in them."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from fleet import program

Rows = dict[str, list[tuple[Any, ...]]]


def schema_of(path: Path) -> int:
    with _opened_copy(path) as (database, _):
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def rows_of(path: Path) -> Rows:
    """Every row, sorted, by table."""
    with _opened_copy(path) as (database, _):
        return {table: sorted(database.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
                for table in _columns(database)}


def make_older(path: Path, kind: str, version: int) -> Rows:
    """Turns a state file that nobody has open into one of that older schema, with the rows it can hold, which are
    returned. Owner and mode stay."""
    with tempfile.TemporaryDirectory() as folder, _opened_copy(path) as (_, present):
        older = Path(folder) / "older.db"
        subprocess.run([program("RUNNERIQ_OLDER_STATE"), kind, str(version), str(older)], check=True)
        with closing(sqlite3.connect(older)) as database, database:
            database.execute("ATTACH ? AS present", (str(present),))
            for table, names in _columns(database).items():
                listed = ", ".join(names)
                database.execute(f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM present.{table}")
        _put(older, path)
    return rows_of(path)


def make_newer(path: Path) -> int:
    """Marks a state file that nobody has open as one of the next schema, which is returned."""
    newer = schema_of(path) + 1
    with _opened_copy(path) as (database, copy):
        database.execute(f"PRAGMA user_version = {newer}")
        _put(copy, path)
    return newer


def digests(folder: Path) -> dict[str, str]:
    """Of the databases in a folder and their logs."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.db*"))
            if not path.name.endswith(("-shm", "-lock", "-loop")) and path.stat().st_size}


@contextmanager
def _opened_copy(path: Path) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """SQLite follows every link of a path, and would leave the root in which the file is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        shutil.copy(path, copy)
        if Path(f"{path}-wal").exists():
            shutil.copy(f"{path}-wal", f"{copy}-wal")
        with closing(sqlite3.connect(copy)) as database:
            yield database, copy


def _columns(database: sqlite3.Connection) -> dict[str, list[str]]:
    tables = database.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {table: [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
            for (table,) in tables.fetchall()}


def _put(file: Path, place: Path) -> None:
    """With what is in its write-ahead log; that of the old one goes."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    place.write_bytes(file.read_bytes())
    for suffix in ("-wal", "-shm"):
        Path(f"{place}{suffix}").unlink(missing_ok=True)
