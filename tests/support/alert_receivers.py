"""Slack, PagerDuty, Microsoft Teams, Discord, a signed webhook, GitLab's issues and Alertmanager for tests: all on one
port of loopback, over plain http. Each request is checked against what the vendor documents, and answered as the vendor
would, or as a test wants it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from grid_provider import QuietServer
from host import wait_until

PAGERDUTY_KEY = "0123456789abcdef0123456789abcdef"
SLACK_TOKEN = "xoxb" + "-1234-5678-of-a-test"
GITLAB_TOKEN = "glpat-of-a-receiver-test"
WEBHOOK_SEED = b"twenty-four bytes at the least!!"
WEBHOOK_KEY = "whsec_" + base64.b64encode(WEBHOOK_SEED).decode()

HANG, CLOSE, ERROR_BODY = "hang", "close", "error body"


@dataclass
class Reply:
    """What a request is answered instead of success: a status, or HANG, CLOSE or ERROR_BODY."""

    status: int | str = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"message": "no"}'
    after: float = 0.0  # seconds


@dataclass
class Received:
    time: float  # monotonic
    who: str     # the first part of the path: "slack", or "webhook-b"
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    taken: bool = False       # answered with success
    faults: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body with the escapes of JSON resolved, and all that people do not see left out."""
        return "\n".join(strings(self.json)).replace("\u200b", "")


def strings(value: Any) -> Iterator[str]:
    """All texts within a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects within a JSON document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


class AlertReceivers:
    """A context manager. The first part of a path says who is asked: a kind of KINDS, and what follows a '-'
    distinguishes several of it. `gitlab` is where links may lead."""

    KINDS = ("slack", "slackapi", "pagerduty", "teams", "discord", "webhook", "gitlab", "alertmanager")

    def __init__(self, gitlab: str = "") -> None:
        self.gitlab = gitlab
        self.all: list[Received] = []
        self._replies: dict[str, deque[Reply]] = defaultdict(deque)
        self._always: dict[str, Reply] = {}
        self._released = threading.Event()
        self._guard = threading.Lock()
        self._issues = 0
        self._server = QuietServer(("127.0.0.1", 0), _handler_of(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> AlertReceivers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, who: str, *replies: Reply) -> None:
        """The next requests are answered so, one after the other; then with success."""
        self._replies[who].extend(replies)

    def answer_always(self, who: str, reply: Reply | None) -> None:
        self._always.pop(who, None)
        if reply is not None:
            self._always[who] = reply

    def release(self) -> None:
        """All that hangs is let go, unanswered."""
        self._released.set()

    def asked(self, who: str) -> list[Received]:
        return [one for one in list(self.all) if one.who == who]

    def taken(self, who: str) -> list[Received]:
        return [one for one in self.asked(who) if one.taken]

    def wait(self, who: str, count: int = 1, timeout: float = 15.0) -> bool:
        """Whether so many requests are answered with success before the deadline."""
        return wait_until(lambda: len(self.taken(who)) >= count, timeout)

    @property
    def faults(self) -> list[str]:
        return [f"{one.who} {one.method} {one.path}: {fault}" for one in list(self.all) for fault in one.faults]

    def receive(self, request: Received) -> Reply:
        """What it is answered."""
        kind = request.who.partition("-")[0]
        try:
            request.faults = list(CHECKS[kind](request, self.gitlab)) + list(_ordinary(request))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            request.faults = [f"not of the vendor's form: {error!r}: {request.body[:300]!r}"]
        with self._guard:
            queue = self._replies[request.who]
            reply = queue.popleft() if queue else self._always.get(request.who)
            if reply is None:
                self._issues += 1
                reply = _success(kind, request, self._issues)
                request.taken = True
            self.all.append(request)
        return reply

    def hold(self) -> None:
        self._released.wait()


def _success(kind: str, request: Received, number: int) -> Reply:
    if kind == "slack":
        return Reply(200, {"Content-Type": "text/html"}, "ok")
    if kind == "slackapi":
        ts = request.json.get("ts") or f"1700000000.{number:06d}"
        return Reply(200, body=json.dumps({"ok": True, "channel": "C0815", "ts": ts}))
    if kind == "pagerduty":
        key = request.json.get("dedup_key", "")
        return Reply(202, body=json.dumps({"status": "success", "message": "Event processed", "dedup_key": key}))
    if kind == "discord":
        return Reply(200, body=json.dumps({"id": str(10_000 + number)})) if "wait=true" in request.path or \
            request.method == "PATCH" else Reply(204, body="")
    if kind == "gitlab":
        return Reply(201, body=json.dumps({"id": 900 + number, "iid": number}))
    return Reply(202 if kind == "teams" else 200, body="")


ERROR_BODIES = {
    "slackapi": (200, '{"ok": false, "error": "channel_not_found"}'),
    "teams": (200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 400"),
    "slack": (200, "invalid_payload"),
}


# ---- what the vendors document


def _ordinary(request: Received) -> Iterator[str]:
    if b"\0" in request.body or (b"\\u0000" in request.body and not request.who.startswith("webhook")):
        yield "a NUL"
    if "application/json" not in request.headers.get("content-type", ""):
        yield f"content type {request.headers.get('content-type')}"
    if "authorization" in request.headers and not request.who.startswith("slackapi"):
        yield "a bearer's token for whom it is not meant"


def _is_ours(url: str, gitlab: str) -> bool:
    return not gitlab or url.startswith(gitlab + "/")


def _slack(request: Received, gitlab: str) -> Iterator[str]:
    document = request.json
    blocks = document["blocks"]
    if len(blocks) > 50:
        yield f"{len(blocks)} blocks"
    total = 0
    for block in blocks:
        kind = block["type"]
        if kind == "header" and (block["text"]["type"] != "plain_text" or len(block["text"]["text"]) > 150):
            yield "header: plain text of 150 characters at most"
        if kind == "section":
            if len(block.get("text", {}).get("text", "")) > 3000:
                yield "section text over 3000 characters"
            if len(block.get("fields", [])) > 10 or any(len(one["text"]) > 2000 for one in block.get("fields", [])):
                yield "fields of a section"
        if kind == "context" and len(block["elements"]) > 10:
            yield "more than 10 elements of a context"
        if kind == "actions" and len(block["elements"]) > 25:
            yield "more than 25 actions"
        if kind not in ("header", "section", "context", "rich_text", "divider", "actions"):
            yield f"a block of type {kind}"
    for node in nodes(blocks):
        kind = node.get("type", "")
        total += len(node["text"]) if isinstance(node.get("text"), str) else 0
        if kind == "mrkdwn":
            yield from _slack_markup(node["text"], gitlab)
        if kind in ("broadcast", "user", "usergroup", "channel"):
            yield f"an element that mentions: {node}"
        if kind == "link" and not _is_ours(node["url"], gitlab):
            yield f"a link that is not ours: {node['url']}"
        if kind in ("text", "link") and node.get("text") == "":
            yield "an empty text element"
    if total > 10_000:
        yield f"{total} characters of block text"
    if len(document.get("text", "")) > 40_000:
        yield "a text over 40,000 characters"
    yield from _slack_markup(document.get("text", ""), gitlab)


def _slack_markup(text: str, gitlab: str) -> Iterator[str]:
    for inner in re.findall(r"<([^>]*)>?", text):
        if not (gitlab and inner.partition("|")[0].startswith(gitlab + "/")):
            yield f"markup that is not ours: <{inner[:60]}"
    for word in re.findall(r"&(?!amp;|lt;|gt;)[^ ]{0,8}", text):
        yield f"a '&' that is not escaped: {word}"


def _slack_api(request: Received, gitlab: str) -> Iterator[str]:
    method = urlsplit(request.path).path.rpartition("/")[2]
    if request.headers.get("authorization") != f"Bearer {SLACK_TOKEN}":
        yield "without the token"
    if method not in ("chat.postMessage", "chat.update"):
        yield f"method {method}"
    if not request.json.get("channel") or (method == "chat.update") != bool(request.json.get("ts")):
        yield f"channel {request.json.get('channel')}, ts {request.json.get('ts')} for {method}"
    yield from _slack(request, gitlab)


def _pagerduty(request: Received, gitlab: str) -> Iterator[str]:
    event = request.json
    if len(request.body) > 512_000:
        yield f"an event of {len(request.body)} bytes"
    if event["routing_key"] != PAGERDUTY_KEY:
        yield f"routing key {event['routing_key']}"
    if event["event_action"] not in ("trigger", "acknowledge", "resolve"):
        yield f"action {event['event_action']}"
    if not 0 < len(event["dedup_key"]) <= 255:
        yield f"dedup_key of {len(event['dedup_key'])} characters"
    if event["event_action"] == "trigger":
        payload = event["payload"]
        if not 0 < len(payload["summary"]) <= 1024 or not payload["source"]:
            yield f"summary of {len(payload['summary'])} characters, source {payload['source']!r}"
        if payload["severity"] not in ("critical", "error", "warning", "info"):
            yield f"severity {payload['severity']}"
    for link in event.get("links", []):
        if not _is_ours(link["href"], gitlab):
            yield f"a link that is not ours: {link['href']}"


def _teams(request: Received, gitlab: str) -> Iterator[str]:
    document = request.json
    if len(request.body) > 28 * 1024:
        yield f"a message of {len(request.body)} bytes"
    attachment = document["attachments"][0]
    if document["type"] != "message" or attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
        yield f"{document['type']} with {attachment['contentType']}"
    card = attachment["content"]
    if card["type"] != "AdaptiveCard" or not card["version"] or not card["body"]:
        yield f"a card of type {card['type']}"
    if card.get("msteams", {}).get("entities"):
        yield "entities, which mention"
    for node in nodes(card):
        if node.get("type") in ("TextBlock", "Fact") and re.search(r"\]\(", str(node.get("text"))):
            yield f"Markdown that links: {node}"
        if node.get("type") == "Action.OpenUrl" and not _is_ours(node["url"], gitlab):
            yield f"a link that is not ours: {node['url']}"
        if node.get("type") == "Image":
            yield "an image"
        if "<at>" in str(node.get("text")) and node.get("type") == "TextBlock":
            yield "a mention"


def _discord(request: Received, gitlab: str) -> Iterator[str]:
    document = request.json
    if document["allowed_mentions"].get("parse") != []:
        yield f"allowed mentions {document['allowed_mentions']}"
    embeds = document.get("embeds", [])
    if len(document.get("content") or "") > 2000 or len(embeds) > 10:
        yield "content or embeds too long"
    total = 0
    for embed in embeds:
        parts = [(embed.get("title", ""), 256), (embed.get("description", ""), 4096),
                 (embed.get("footer", {}).get("text", ""), 2048), (embed.get("author", {}).get("name", ""), 256)]
        for one in embed.get("fields", []):
            parts += [(one["name"], 256), (one["value"], 1024)]
            if not one["name"] or not one["value"]:
                yield "an empty field"
        if len(embed.get("fields", [])) > 25 or any(len(text) > limit for text, limit in parts):
            yield f"an embed with parts of {[len(text) for text, _ in parts]} characters"
        total += sum(len(text) for text, _ in parts)
        if embed.get("url") and not _is_ours(embed["url"], gitlab):
            yield f"a link that is not ours: {embed['url']}"
    if total > 6000:
        yield f"embeds of {total} characters"
    for text in strings(document):
        if re.search(r"@(everyone|here)|<@|<#\d", text):
            yield f"a mention: {text[:200]!r}"
        for address in re.findall(r"(?<!\\)\]\(([^)]*)\)", text):
            if not _is_ours(address, gitlab):
                yield f"a link that is not ours: {address}"


def _webhook(request: Received, gitlab: str) -> Iterator[str]:
    document = request.json
    wanted = {"time", "receiver", "severity", "group", "alerts", "reason"}
    if not wanted <= document.keys() or document["version"] != 1:
        yield f"without {wanted - document.keys()}"
    identity, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    if not identity or abs(int(stamp) - time.time()) > 300:
        yield f"id {identity!r}, timestamp {stamp}"
    told = request.headers.get("webhook-signature", "")
    if told:
        signed = hmac.new(WEBHOOK_SEED, f"{identity}.{stamp}.".encode() + request.body, hashlib.sha256).digest()
        if f"v1,{base64.b64encode(signed).decode()}" not in told.split(" "):
            yield f"signature {told}"


def outside_of_code(text: str) -> str:
    """Markdown without its fenced blocks, <pre> and code spans."""
    kept, fence = [], ""
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if mark:
            fence = mark[1]
            continue
        kept.append(line)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"(?s)<pre>.*?</pre>", "", "\n".join(kept)))


def _gitlab(request: Received, gitlab: str) -> Iterator[str]:
    if request.headers.get("private-token") != GITLAB_TOKEN:
        yield "without the token"
    document, path = request.json, urlsplit(request.path).path
    if not re.fullmatch(r"/[^/]+/api/v4/projects/[^/]+/issues(/\d+/notes)?", path):
        yield f"path {path}"
    text = document["body"] if path.endswith("/notes") else document["description"]
    if not path.endswith("/notes") and not 0 < len(document["title"]) <= 255:
        yield f"a title of {len(document['title'])} characters"
    if len(text) > 1_000_000:
        yield f"{len(text)} characters"
    plain = outside_of_code(text)
    if re.search(r"(?<![\\\w])@[A-Za-z]", plain):
        yield f"a mention: {plain[:300]!r}"
    lines = plain.rstrip().split("\n")
    for line in lines[:-1] if lines[-1] in ("/close", "/reopen") else lines:
        if re.match(r"\s*/[a-z_]+\b", line):
            yield f"a quick action: {line[:100]}"
    for address in re.findall(r"(?<!\\)\]\(([^)\s]*)", plain):
        if not _is_ours(address, gitlab):
            yield f"a link or image that is not ours: {address}"
    if "<img" in plain.lower() or "<details" in plain.lower():
        yield "HTML"


def _alertmanager(request: Received, gitlab: str) -> Iterator[str]:
    if urlsplit(request.path).path.partition("/api")[1:] != ("/api", "/v2/alerts"):
        yield f"path {request.path}"
    for alert in request.json:
        bad = [name for name in (*alert["labels"], *alert["annotations"])
               if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name)]
        if bad or not alert["labels"]["alertname"]:
            yield f"labels {bad}"
        if alert.get("generatorURL") and not _is_ours(alert["generatorURL"], gitlab):
            yield f"a link that is not ours: {alert['generatorURL']}"


CHECKS = {"slack": _slack, "slackapi": _slack_api, "pagerduty": _pagerduty, "teams": _teams, "discord": _discord,
          "webhook": _webhook, "gitlab": _gitlab, "alertmanager": _alertmanager}


def _handler_of(receivers: AlertReceivers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *words: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            who = self.path.split("/")[1].partition("?")[0]
            self._send(who, receivers.receive(Received(time.monotonic(), who, self.command, self.path, headers, body)))

        do_PUT = do_PATCH = do_GET = do_POST

        def _send(self, who: str, reply: Reply) -> None:
            if reply.status == HANG:
                receivers.hold()
            if reply.status in (HANG, CLOSE):
                self.close_connection = True
                return
            if reply.after:
                threading.Event().wait(reply.after)
            status, body = (int(reply.status), reply.body) if reply.status != ERROR_BODY else \
                ERROR_BODIES[who.partition("-")[0]]
            self.send_response(status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    return Handler
