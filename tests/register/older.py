"""A register of version 0001 with a history, row by row as the tfchange of that time wrote it."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from tfchange.register import schema
from tfchange.register.database import Database
from tfchange.register.schema import bring_up

WRITTEN: dict[str, Any] = json.loads(
    Path(__file__).with_name("register-0001.json").read_text(encoding="utf-8")
)
HEAD: str = WRITTEN["head"]
ROWS: dict[str, list[dict[str, Any]]] = WRITTEN["rows"]
CHANGES = len(ROWS["changes"])


def put(url: str) -> None:
    """The empty place holds it, in tables that the first migration alone has made."""
    database = Database(url)
    with patch.object(schema, "VERSIONS", ("0001",)):
        bring_up(database)
    database.write(_fill)
    database.engine.dispose()


def rows(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """What the tables hold by now, in the same form."""
    found = {}
    for name, kept in ROWS.items():
        columns = ", ".join(kept[0])
        told = connection.execute(sa.text(f"SELECT {columns} FROM {name}")).mappings()  # noqa: S608
        found[name] = [
            {k: v.hex() if isinstance(v, bytes) else v for k, v in r.items()} for r in told
        ]
    return found


def _fill(connection: sa.Connection) -> None:
    connection.execute(sa.text("DELETE FROM head"))
    for name, kept in ROWS.items():
        columns, values = ", ".join(kept[0]), ", ".join(f":{column}" for column in kept[0])
        statement = sa.text(f"INSERT INTO {name} ({columns}) VALUES ({values})")  # noqa: S608
        connection.execute(statement, [_bytes(row) for row in kept])


def _bytes(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "data": bytes.fromhex(row["data"])} if "data" in row else row
