"""A GitLab as somebody else would fake it: the example replies of GitLab's public API pages with all
their fields and headers, and switches for what real and fake GitLabs leave out or do differently."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

Reply = tuple[int, str, str]  # status, type of content, body
TOKEN = "glpat-of-a-stranger"
DENIED: Reply = (403, "application/json", '{"message":"403 Forbidden"}')
ABSENT: Reply = (404, "application/json", '{"error":"404 Not Found"}')
LOGIN: Reply = (302, "text/html", "<html><body>You are being redirected.</body></html>")

ROUTES = {
    "version": r"/version", "token": r"/personal_access_tokens/self",
    "all runners": r"/runners/all", "runner": r"/runners/([0-9]+)", "runners": r"/runners",
    "project runners": r"/projects/([^/]+)/runners", "jobs": r"/projects/([^/]+)/jobs",
    "members": r"/projects/([^/]+)/members/all", "merge requests": r"/projects/([^/]+)/merge_requests",
    "protected branches": r"/projects/([^/]+)/protected_branches",
    "protected tags": r"/projects/([^/]+)/protected_tags",
    "project": r"/projects/([^/]+)", "projects": r"/projects",
}


@dataclass
class Manners:
    """How this GitLab differs from the documented one."""

    root: str = ""  # the path below which it lives
    only: tuple[str, ...] = ()  # the routes that it has; none = all but GraphQL
    instead: dict[str, Reply] = field(default_factory=dict)  # by route
    graphql: Reply = ABSENT
    links: str = "own"  # "own", "none", "relative", or the address that it believes to have
    counts: bool = True  # X-Next-Page and its kin
    rows: int = 0  # on a page, whatever per_page says
    keyset: bool = False
    deaf_to: tuple[str, ...] = ()  # parameters that it ignores
    one_scope: bool = False  # a second scope[] is an error
    last_value: bool = False  # of a parameter given twice, only the last counts
    told: Callable[[str, Any], Any] = lambda route, row: row  # what becomes of each object
    bearer_only: bool = False
    lower_case: bool = False
    framing: str = "length"  # "chunked", "gzip", "closed" (HTTP/1.0 without a length)
    latency: float = 0.0
    shifting: bool = False  # a new job comes in before every page


def ago(seconds: float, form: str = "millis") -> str:
    moment = datetime.now(timezone.utc) - timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if form == "millis" else moment.strftime(form)


def runner(number: int, kind: str, tags: list[str], **changes: Any) -> dict[str, Any]:
    """As GET /runners/:id shows it."""
    return {"active": True, "paused": False, "architecture": "amd64", "description": f"runner-{number}",
            "id": number, "ip_address": "", "is_shared": kind == "instance_type", "runner_type": kind,
            "contacted_at": ago(10), "maintenance_note": None, "name": "gitlab-runner", "online": True,
            "status": "online", "platform": "linux", "revision": "535ced5f", "version": "16.11.1",
            "projects": [project(1)] if kind == "project_type" else [], "tag_list": tags, "run_untagged": True,
            "locked": False, "access_level": "not_protected", "maximum_timeout": 3600} | changes


def job(number: int, name: str, stage: str, status: str, ref: str, tags: list[str], **changes: Any) -> dict[str, Any]:
    """As GET /projects/:id/jobs shows it."""
    ran = status in ("success", "failed")
    return {"commit": {"author_email": "admin@example.com", "author_name": "Administrator",
                       "created_at": "2015-12-24T16:51:14.000+01:00", "id": "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd",
                       "message": "Test the CI integration.", "short_id": "0ff3ae19",
                       "title": "Test the CI integration."},
            "coverage": None, "archived": False, "source": "push", "allow_failure": False, "created_at": ago(300),
            "started_at": None if status == "pending" else ago(200), "finished_at": ago(100) if ran else None,
            "erased_at": None, "duration": 100.173 if ran else None,
            "queued_duration": 0.010 if ran else 42.5, "artifacts_expire_at": None, "tag_list": tags,
            "id": number, "name": name,
            "pipeline": {"id": 6, "iid": 2, "project_id": 1, "ref": ref, "status": "pending", "source": "push",
                         "sha": "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd"},
            "ref": ref, "artifacts": [], "runner": None, "runner_manager": None, "stage": stage, "status": status,
            "failure_reason": "script_failure" if status == "failed" else None, "tag": False,
            "web_url": f"https://example.com/foo/bar/-/jobs/{number}",
            "project": {"ci_job_token_scope_enabled": False},
            "user": {"id": 1, "name": "Administrator", "username": "root", "state": "active", "bio": None,
                     "avatar_url": "http://www.gravatar.com/avatar/e64c7d89?s=80&d=identicon", "location": None,
                     "web_url": "http://gitlab.dev/root", "created_at": "2015-12-21T13:14:24.077Z"}} | changes


def project(number: int) -> dict[str, Any]:
    return {"id": number, "description": None, "name": "Shop", "name_with_namespace": "Acme / Shop", "path": "shop",
            "path_with_namespace": "acme/shop", "created_at": "2013-09-30T13:46:02.000Z", "default_branch": "main",
            "tag_list": [], "topics": [], "archived": False, "visibility": "private", "star_count": 0,
            "shared_runners_enabled": True, "group_runners_enabled": True, "empty_repo": False,
            "namespace": {"id": 2, "name": "Acme", "path": "acme", "kind": "group", "full_path": "acme"},
            "web_url": "http://example.com/acme/shop", "permissions": {"project_access": {"access_level": 40}}}


def usual_jobs() -> list[dict[str, Any]]:
    """The deploy asks for runner 1, the test of a merge request for runner 6; the lint takes any."""
    ran_on = {"id": 1, "description": "runner-1", "ip_address": None, "active": True, "paused": False,
              "is_shared": True, "runner_type": "instance_type", "name": None, "online": True, "status": "online"}
    return [job(103, "rspec", "test", "pending", "refs/merge-requests/5/head", ["ruby"]),
            job(102, "lint", "test", "pending", "feature/x", []),
            job(101, "deploy production", "deploy", "pending", "main", ["docker"]),
            job(90, "build", "build", "running", "main", ["docker"], runner=ran_on),
            job(81, "lint", "test", "success", "main", [], runner=ran_on),
            job(80, "rspec", "test", "failed", "main", ["ruby"])]


class PlainGitLab:
    """Listens on the loopback interface; a context manager."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self.runners = [runner(1, "instance_type", ["docker", "linux"]), runner(6, "project_type", ["ruby", "mysql"]),
                        runner(8, "project_type", ["gpu"], online=False, status="offline", contacted_at=ago(9000))]
        self.jobs = usual_jobs()
        self.calls: list[tuple[str, str, dict[str, str]]] = []  # method, target, headers
        self.closing = threading.Event()
        outer = self

        class Handler(_Handler):
            gitlab = outer
            protocol_version = "HTTP/1.0" if outer.manners.framing == "closed" else "HTTP/1.1"

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.manners.root}"

    @property
    def token(self) -> str:
        return TOKEN

    def __enter__(self) -> PlainGitLab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def asked(self, part: str) -> list[str]:
        return [target for _, target, _ in self.calls if part in target]

    def rows(self, route: str, whose: str, query: list[tuple[str, str]]) -> Any:
        """What a route tells: a list, one object, or None when it is not there."""
        if route in ("project", "project runners", "jobs", "members", "merge requests",
                     "protected branches", "protected tags") and whose not in ("1", "acme/shop"):
            return None
        if route in ("all runners", "runners", "project runners"):
            brief = ("active", "paused", "description", "id", "ip_address", "is_shared", "runner_type", "name",
                     "online", "status")
            return [{key: row[key] for key in brief} if "inline" not in self.manners.only else row
                    for row in self.runners]
        if route == "runner":
            return next((row for row in self.runners if str(row["id"]) == whose), None)
        if route == "jobs":
            wanted = [value for key, value in query if key == "scope[]"]
            return [row for row in self.jobs if not wanted or row["status"] in wanted]
        if route == "members":
            wanted = [value for key, value in query if key == "user_ids[]"]
            return [{"id": number, "username": f"user-{number}", "name": "Some One", "state": "active",
                     "access_level": 40 if number == 1 else 10, "expires_at": None}
                    for number in (7, 1, 9) if not wanted or str(number) in wanted]
        if route == "merge requests":
            wanted = [value for key, value in query if key == "iids[]"]
            return [{"id": number * 10, "iid": number, "project_id": 1, "title": "Speed up", "state": "opened",
                     "target_branch": "main", "source_branch": "speed", "labels": ["priority::high"],
                     "draft": False, "work_in_progress": False}
                    for number in (9, 5) if not wanted or str(number) in wanted]
        if route in ("protected branches", "protected tags"):
            return [{"id": 1, "name": "main", "push_access_levels": [{"id": 1, "access_level": 40}],
                     "allow_force_push": False}] if route.endswith("branches") else []
        if route == "version":
            return {"version": "17.11.2-ee", "revision": "4e963fe"}
        if route == "token":
            return {"id": 4, "name": "Test Token", "revoked": False, "created_at": "2020-07-23T14:31:47.729Z",
                    "description": "", "scopes": ["read_api"], "user_id": 3, "active": True,
                    "last_used_at": "2021-10-06T17:58:37.550Z", "expires_at": ago(-200 * 86400, "%Y-%m-%d")}
        return [project(1)] if route == "projects" else project(1)


class _Handler(BaseHTTPRequestHandler):
    gitlab: PlainGitLab
    server_version = "nginx"
    sys_version = ""

    def log_message(self, *words: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._note()
        at_home = urlsplit(self.path).path == self.gitlab.manners.root + "/api/graphql"
        self._send(self.gitlab.manners.graphql if at_home else ABSENT, {})

    def do_GET(self) -> None:
        self._note()
        manners = self.gitlab.manners
        self.gitlab.closing.wait(manners.latency)
        parts = urlsplit(self.path)
        base = manners.root + "/api/v4"
        if not self._may_enter():
            return self._send((401, "application/json", '{"message":"401 Unauthorized"}'), {})
        for route, pattern in ROUTES.items():
            found = re.fullmatch(base + pattern, parts.path)
            if found and (not manners.only or route in manners.only):
                if route in manners.instead:
                    return self._send(manners.instead[route], {})
                whose = unquote(found.group(1)) if found.groups() else ""
                return self._answer(route, whose, parse_qsl(parts.query, keep_blank_values=True))
        self._send(ABSENT, {})

    def _note(self) -> None:
        self.gitlab.calls.append((self.command, self.path, dict(self.headers.items())))

    def _may_enter(self) -> bool:
        if self.gitlab.manners.bearer_only:
            return self.headers.get("Authorization") == "Bearer " + TOKEN
        return self.headers.get("PRIVATE-TOKEN") == TOKEN

    def _answer(self, route: str, whose: str, query: list[tuple[str, str]]) -> None:
        manners = self.gitlab.manners
        if manners.one_scope and sum(key == "scope[]" for key, _ in query) > 1:
            return self._send((400, "application/json", '{"error":"scope is invalid"}'), {})
        heard = [pair for pair in query if pair[0] not in manners.deaf_to]
        if manners.last_value:
            heard = list(dict(heard).items())
        rows = self.gitlab.rows(route, whose, heard)
        if rows is None:
            return self._send((404, "application/json", '{"message":"404 Not found"}'), {})
        headers: dict[str, str] = {}
        if isinstance(rows, list):
            rows, headers = self._page(rows, dict(heard), query)
        told = [manners.told(route, row) for row in rows] if isinstance(rows, list) else manners.told(route, rows)
        self._send((200, "application/json", json.dumps(told)), headers)

    def _page(self, rows: list[Any], given: dict[str, str], query: list[tuple[str, str]]) -> tuple[list[Any], dict[str, str]]:
        manners = self.gitlab.manners
        size = manners.rows or min(100, int(given.get("per_page", 20)))
        if manners.keyset and given.get("pagination") == "keyset":
            return self._keyset_page(rows, given, query, size)
        number = int(given.get("page", 1))
        if manners.shifting and number > 1 and "/jobs" in self.path:
            rows = [job(10_000 + number, "newer", "test", "pending", "main", [])] * (number - 1) + rows
        pages = max(1, -(-len(rows) // size))
        following = number + 1 if number < pages else None
        headers = {"X-Next-Page": str(following or ""), "X-Page": str(number), "X-Per-Page": str(size),
                   "X-Prev-Page": str(number - 1 or ""), "X-Total": str(len(rows)),
                   "X-Total-Pages": str(pages)} if manners.counts else {}
        others = {"prev": number - 1 or None, "next": following, "first": 1, "last": pages}
        links = [self._link(query, page=str(page)) + f'; rel="{name}"' for name, page in others.items() if page]
        if manners.links != "none":
            headers["Link"] = ", ".join(links)
        return rows[(number - 1) * size:number * size], headers

    def _keyset_page(self, rows: list[Any], given: dict[str, str], query: list[tuple[str, str]],
                     size: int) -> tuple[list[Any], dict[str, str]]:
        start = int(given.get("cursor", 0))
        if start + size >= len(rows) or self.gitlab.manners.links == "none":
            return rows[start:start + size], {}
        return rows[start:start + size], {"Link": self._link(query, cursor=str(start + size)) + '; rel="next"'}

    def _link(self, query: list[tuple[str, str]], **more: str) -> str:
        believed = {"own": f"http://{self.headers['Host']}{self.gitlab.manners.root}",
                    "relative": self.gitlab.manners.root}
        base = believed.get(self.gitlab.manners.links, self.gitlab.manners.links)
        own_path = urlsplit(self.path).path.removeprefix(self.gitlab.manners.root)
        kept = [pair for pair in query if pair[0] not in more]
        return f"<{base}{own_path}?{urlencode(kept + list(more.items()))}>"

    def _send(self, reply: Reply, headers: dict[str, str]) -> None:
        status, kind, text = reply
        manners = self.gitlab.manners
        body = gzip.compress(text.encode()) if manners.framing == "gzip" else text.encode()
        usual = {"Cache-Control": "max-age=0, private, must-revalidate", "Content-Type": kind,
                 "Etag": 'W/"a1c1b6e2f1"', "Vary": "Origin", "X-Content-Type-Options": "nosniff",
                 "X-Frame-Options": "SAMEORIGIN", "X-Gitlab-Meta": '{"correlation_id":"01J","version":"1"}',
                 "X-Request-Id": "01JABCDEF", "X-Runtime": "0.052761",
                 "Strict-Transport-Security": "max-age=63072000"}
        if status == 302:
            usual["Location"] = f"http://{self.headers['Host']}{manners.root}/users/sign_in"
        if manners.framing == "gzip":
            usual["Content-Encoding"] = "gzip"
        if manners.framing == "chunked":
            usual["Transfer-Encoding"] = "chunked"
        elif manners.framing != "closed":
            usual["Content-Length"] = str(len(body))
        self.send_response(status)
        for name, value in (usual | headers).items():
            self.send_header(name.lower() if manners.lower_case else name, value)
        self.end_headers()
        self.wfile.write(in_chunks(body) if manners.framing == "chunked" else body)


def in_chunks(body: bytes, size: int = 700) -> bytes:
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
