"""A ServiceNow instance of our own: stateful, strict, with the traps that are known of.

It carries requests itself, as a transport; `serve.serve` puts it behind a socket.
"""

import json
import re
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.servicenow.answer import Answer, HttpError
from tests.servicenow.file_rest import ATTACHMENTS, FileRest
from tests.servicenow.flow import AbortedError, Flow, Options
from tests.servicenow.people import SERVICE_USER, Seeds, seed
from tests.servicenow.records import Record, Tables
from tests.servicenow.rest import ChangeRest
from tests.servicenow.specs import Specs

URL = "https://acme.service-now.com"
USER, PASSWORD = SERVICE_USER, "PLANTED-basic-77"
CLIENT, CLIENT_SECRET = "client-1", "PLANTED-oauth-77"
API_KEY = "PLANTED-key-77"
PAGE = b"<html><body><h1>Your instance is hibernating</h1></body></html>"


class ServiceNowFake(BaseAdapter):
    """The instance."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = Options(**options)
        self.tables = Tables()
        self.seeds: Seeds = seed(self.tables)
        self.flow = Flow(self.tables, self.options, self.seeds.group)
        self.asked: list[tuple[str, str]] = []
        self.limits: list[dict[str, str]] = []
        """Headers of the 429 that are still to be answered."""
        self.tokens: dict[str, int] = {}
        """Tokens that are good, and for how many requests."""
        self.token_uses = 1000
        self.issued = 0
        self.user = USER
        self._rest, self._files = ChangeRest(self), FileRest(self)
        self.specs = Specs()
        self._lock = Lock()

    @property
    def files(self) -> dict[str, bytes]:
        """The content of attachments by their sys_id."""
        return self._files.content

    @property
    def bad(self) -> list[str]:
        """What was asked, or answered, that must not be."""
        return self.flow.bad

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply."""
        with self._lock:
            status, body, headers = self.answer(request)
        made = requests.Response()
        made.status_code, made.request, made.url = status, request, request.url or ""
        made.headers.update(headers)
        made._content = body
        return made

    def answer(self, request: requests.PreparedRequest) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers; the call is held against the published descriptions."""
        parts = urlsplit(request.url or "")
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append((request.method or "", path))
        if self.options.hibernating:
            return 200, PAGE, {"Content-Type": "text/html;charset=UTF-8"}
        try:
            status, told, headers = self._route(request, path, query)
        except HttpError as error:
            status, told, headers = error.status, error.body, {}
        except AbortedError as rule:
            status, told, headers = self._aborted(path, str(rule))
        if isinstance(told, bytes):
            return status, told, headers
        body = b"" if told is None else json.dumps(told).encode()
        if "json" not in request.headers.get("Accept", ""):
            return status, b"<response/>", {"Content-Type": "application/xml", **headers}
        fault = self.specs.faults(request, path, query, status, body)
        if fault:
            self.bad.append(fault)
        return status, body, {"Content-Type": "application/json;charset=UTF-8", **headers}

    @staticmethod
    def _aborted(path: str, rule: str) -> Answer:
        said = f"Operation against file 'change_request' was aborted by Business Rule '{rule}^c83'"
        if "sn_chg_rest" in path:
            message = (
                f"Change Request record could not be updated. {said}. Business Rule Stack:{rule}"
            )
            return 400, {"error": {"message": message, "detail": ""}, "status": "failure"}, {}
        body = {"error": {"message": "Operation Failed", "detail": said}, "status": "failure"}
        return 403, body, {}

    def _route(self, request: requests.PreparedRequest, path: str, query: dict[str, str]) -> Answer:
        if path == "/oauth_token.do":
            return self._token(request)
        self._authenticate(request)
        if self.limits:
            message = "Rate limit exceeded"
            body = {"error": {"message": message, "detail": "100 requests per hour for Table API"}}
            return 429, body, self.limits.pop(0)
        writes = request.method in ("POST", "PATCH") and request.body
        kind = request.headers.get("Content-Type")
        if writes and not path.startswith(ATTACHMENTS) and kind != "application/json":
            raise HttpError(415, "Unsupported Media Type")
        given = self._body(request, path)
        if path.startswith("/api/sn_chg_rest/change"):
            if self.options.api == "table":
                raise HttpError(400, f"Requested URI does not represent any resource: {path}")
            return self._rest.answer(request.method or "", path, query, given)
        if path.startswith("/api/now/table/"):
            return self._table(request.method or "", path, query, given)
        if path.startswith(ATTACHMENTS):
            return self._files.answer(request, path, query)
        raise HttpError(400, "Requested URI does not represent any resource")

    @staticmethod
    def _body(request: requests.PreparedRequest, path: str) -> dict[str, Any]:
        if not request.body or path.startswith(ATTACHMENTS):
            return {}
        told = json.loads(request.body)
        assert isinstance(told, dict)
        return told

    def _token(self, request: requests.PreparedRequest) -> Answer:
        body = request.body if isinstance(request.body, str) else (request.body or b"").decode()
        given = dict(parse_qsl(body))
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client", "error_description": "client is unknown"}, {}
        self.issued += 1
        token = f"PLANTED-token-{self.issued}"
        self.tokens[token] = self.token_uses
        told = {"access_token": token, "token_type": "Bearer", "scope": "", "expires_in": 1799}
        return 200, told, {}

    def _authenticate(self, request: requests.PreparedRequest) -> None:
        from base64 import b64encode

        said = request.headers.get("Authorization", "")
        basic = f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        token = said.removeprefix("Bearer ")
        if self.tokens.get(token, 0) > 0:
            self.tokens[token] -= 1
        elif said != basic and request.headers.get("x-sn-apikey") != API_KEY:
            detail = "Required to provide Auth information"
            raise HttpError(401, "User is not authenticated", detail)

    # -- the Table API ---------------------------------------------------------------------------

    def _table(
        self, method: str, path: str, query: dict[str, str], given: dict[str, Any]
    ) -> Answer:
        table, _, id_ = path.removeprefix("/api/now/table/").partition("/")
        if table in self.options.absent_tables:
            raise HttpError(400, f"Invalid table {table}")
        if table in self.options.hidden_tables:
            raise HttpError(403, "User Not Authorized", "Failed API level ACL Validation")
        if id_:
            row = self.record(table, id_)
            if method == "PATCH":
                self.write(table, row, given)
            return 200, {"result": self.shown(row, query)}, {}
        if method == "POST":
            row = self._insert(table, given)
            place = {"Location": f"{URL}{path}/{row['sys_id']}"}
            return 201, {"result": self.shown(row, query)}, place
        found = self.query(table, query.get("sysparm_query", ""))
        offset, limit = int(query.get("sysparm_offset", 0)), int(query.get("sysparm_limit", 10000))
        # Rows that the user may not read are taken out after the limit.
        page = [r for r in found[offset : offset + limit] if self.visible(r)]
        result = [self.shown(row, query) for row in page]
        return 200, {"result": result}, {"X-Total-Count": str(len(found))}

    def query(self, table: str, query: str) -> list[Record]:
        """What matches; where correlation_id is not understood, everything."""
        if not self.options.knows_correlation:
            query = re.sub(r"correlation_id=[^^]*", "", query)
        users = {user["user_name"]: user["sys_id"] for user in self.tables.rows("sys_user")}
        query = query.replace("javascript:gs.getUserID()", users[self.user])
        return self.tables.query(table, query)

    def visible(self, row: Record) -> bool:
        """Whether the user may read the record."""
        return row["sys_id"] not in self.options.hidden_rows

    def record(self, table: str, id_: str) -> Record:
        """The record, or 404, also where a rule hides it."""
        row = self.tables.tables.get(table, {}).get(id_)
        if row is None or not self.visible(row):
            detail = "Record doesn't exist or ACL restricts the record retrieval"
            raise HttpError(404, "No Record found", detail)
        return row

    def fields(self, row: Record) -> list[str]:
        """The fields that the user may read; journals are shown empty."""
        return [name for name in row if name not in self.options.hidden_fields]

    def shown(self, row: Record, query: dict[str, str]) -> Any:
        """The record in the form that was asked for."""
        wanted = query.get("sysparm_fields", "")
        there = self.fields(row)
        fields = [f for f in wanted.split(",") if f in there or "." in f] if wanted else there
        links = query.get("sysparm_exclude_reference_link") != "true"
        shown = query.get("sysparm_display_value", "false")
        return self.tables.as_table(row, fields, shown, links, URL)

    def write(self, table: str, row: Record, given: dict[str, Any]) -> list[str]:
        """The record says what is given; the fields that were not taken."""
        if not self.options.writable:
            raise HttpError(403, "Insufficient rights to update record", "ACL Exception")
        if table == "change_request":
            return self.flow.edit(row, given, self.user)
        row.update({name: str(value) for name, value in given.items()})
        if table == "change_task" and row["state"] in ("3", "4"):
            row["active"] = "false"
        return []

    def _insert(self, table: str, given: dict[str, Any]) -> Record:
        if not self.options.writable:
            raise HttpError(403, "Insufficient rights to create record", "ACL Exception")
        if table == "change_request":
            return self.flow.create(given, self.user, from_template=False)[0]
        return self.tables.add(table, {name: str(value) for name, value in given.items()})
