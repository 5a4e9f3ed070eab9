"""A mail server that keeps what it gets: mail_sink.py FOLDER MODE [CERTIFICATE KEY].

Prints "PORT n" when it listens. MODE: plain, starttls, tls, login (starttls and anna's password). Each mail becomes a
line of FOLDER/mails: {from, to, text, tls, user}. Recipients busy@… and gone@… are refused, for now and for ever.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Sink:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "mails"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,
                          options: list[str]) -> str:
        if address.startswith("busy@"):
            return "450 4.2.1 try again later"
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if b"\r\nX-Busy: yes\r\n" in envelope.content:
            return "451 4.3.0 try again later"
        with self._file.open("a") as file:
            file.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                                   "text": envelope.content.decode(), "tls": session.ssl is not None,
                                   "user": (session.auth_data or b"").decode()}) + "\n")
        return "250 2.0.0 kept"


def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    if not isinstance(given, LoginPassword):
        return AuthResult(success=False, handled=False)
    fits = given.login == b"anna" and given.password == b"open sesame"
    return AuthResult(success=fits, handled=False, auth_data=given.login)


async def serve(folder: Path, mode: str, files: list[str]) -> None:
    context = None
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    inner = context if mode in ("starttls", "login") else None

    def server() -> SMTP:
        return SMTP(Sink(folder), hostname="sink.test", tls_context=inner, require_starttls=inner is not None,
                    authenticator=check, auth_required=mode == "login")

    listener = await asyncio.get_running_loop().create_server(
        server, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print("PORT", listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
