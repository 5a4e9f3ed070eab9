"""A stand-in for Electricity Maps and for the operator of Great Britain's grid: both on one port of loopback, over
plain http, telling what is wanted, or failing as a test wants it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOUR = timedelta(hours=1)
HTML = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"


def utc() -> datetime:
    return datetime.now(timezone.utc)


def text_of(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class Asked:
    path: str
    zone: str
    key: str


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asks may be gone before the answer."""


class GridProvider:
    """A context manager. `zones` has the g/kWh of each zone; one that is not there is 404. `trouble` is "" or one
    of TROUBLES, for all calls of Electricity Maps. `curve`, given the hours from now on, is the forecast of a zone.
    What it asks for goes to `elsewhere` when the trouble is a redirect."""

    TROUBLES = ("500", "401", "403", "429", "hang", "null", "wrong_zone", "html", "redirect")

    def __init__(self, **zones: float) -> None:
        self.zones = {zone.replace("_", "-"): value for zone, value in zones.items()}
        self.trouble = ""
        self.elsewhere = ""
        self.age = timedelta(minutes=20)  # of the newest sample
        self.curve: dict[str, Callable[[int], float]] = {}
        self.asked: list[Asked] = []
        self._released = threading.Event()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> GridProvider:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def release(self) -> None:
        """Ends all calls that hang; later ones are answered."""
        self.trouble = ""
        self._released.set()

    def asked_for(self, zone: str) -> list[str]:
        return [each.path.rpartition("/")[2] for each in self.asked if each.zone == zone]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def options(self, key: str = "") -> dict[str, str]:
        """The environment with which RunnerIQ asks here."""
        both = {"RUNNERIQ_CARBON_ELECTRICITY_MAPS_URL": self.url, "RUNNERIQ_CARBON_UK_GRID_URL": self.url + "/uk"}
        return both | ({"ELECTRICITY_MAPS_TOKEN": key} if key else {})

    def point(self, zone: str, when: datetime, value: float | None) -> dict[str, Any]:
        return {"zone": zone, "carbonIntensity": value, "datetime": text_of(when), "updatedAt": text_of(utc()),
                "createdAt": text_of(when), "emissionFactorType": "lifecycle", "isEstimated": False,
                "estimationMethod": None, "temporalGranularity": "hourly"}

    def electricity_maps(self, want: str, zone: str) -> dict[str, Any]:
        now, value = utc(), self.zones[zone]
        hour = now.replace(minute=0, second=0, microsecond=0)
        if want == "latest":
            return self.point(zone, now - self.age, value)
        if want == "history":
            hours = self._hours_before(now - self.age)
            return {"zone": zone, "history": [self.point(zone, when, value) for when in hours]}
        curve = self.curve.get(zone, lambda _: value)
        return {"zone": zone, "updatedAt": text_of(now), "temporalGranularity": "hourly",
                "forecast": [{"carbonIntensity": curve(ahead), "datetime": text_of(hour + HOUR * ahead)}
                             for ahead in range(48)]}

    @staticmethod
    def _hours_before(when: datetime) -> list[datetime]:
        last = when.replace(minute=0, second=0, microsecond=0)
        return [last - HOUR * back for back in range(24, 0, -1)]

    def uk_grid(self) -> dict[str, Any]:
        start = utc().replace(minute=utc().minute // 30 * 30, second=0, microsecond=0)
        half = timedelta(minutes=30)
        return {"data": [{"from": (start + half * n).strftime("%Y-%m-%dT%H:%MZ"),
                          "to": (start + half * (n + 1)).strftime("%Y-%m-%dT%H:%MZ"),
                          "intensity": {"forecast": self.zones["GB"], "actual": None, "index": "low"}}
                         for n in range(48)]}

    def _answer(self, want: str, zone: str) -> tuple[int, str, dict[str, str]]:
        trouble = self.trouble
        if trouble.isdigit():
            headers = {"Retry-After": "1200"} if trouble == "429" else {}
            return int(trouble), json.dumps({"error": "no"}), headers
        if trouble == "redirect":
            return 302, "", {"Location": f"{self.elsewhere}/v4/carbon-intensity/{want}?zone={zone}"}
        if trouble == "html":
            return 200, HTML, {"Content-Type": "text/html"}
        if zone not in self.zones:
            return 404, json.dumps({"error": "no data"}), {}
        document = self.electricity_maps(want, zone)
        points = document.get("history") or document.get("forecast") or [document]
        for point in points:
            if trouble == "null":
                point["carbonIntensity"] = None
        if trouble == "wrong_zone":
            document = json.loads(json.dumps(document).replace(f'"{zone}"', '"US-CAR-DUK"'))
        return 200, json.dumps(document), {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *words: Any) -> None:
                pass

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                zone = parse_qs(address.query).get("zone", ["GB" if address.path.startswith("/uk") else ""])[0]
                provider.asked.append(Asked(address.path, zone, self.headers.get("auth-token", "")))
                if address.path.startswith("/uk"):
                    known = "GB" in provider.zones
                    return self._send(200 if known else 500, json.dumps(provider.uk_grid() if known else {}), {})
                if provider.trouble == "hang":
                    provider._released.wait()
                return self._send(*provider._answer(address.path.rpartition("/")[2], zone))

            def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json"} | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        return Handler
