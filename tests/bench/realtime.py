"""Real-time priority for wall times, where it is permitted; and work as another user."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from places import ROOT  # noqa: F401  (the path comes first)
from host import NOBODY


def is_permitted() -> bool:
    with realtime() as has:
        return has


@contextmanager
def realtime() -> Iterator[bool]:
    """This process and its children; whether they have it."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        yield False
        return
    try:
        yield True
    finally:
        leave()


def leave() -> None:
    """A process may always give it up."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def as_nobody(work: Callable[[], Any]) -> Any:
    """What the work returns, done in a child that keeps the priority but not the user. As an ordinary user: here."""
    if os.geteuid() != 0:
        return work()
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.setgroups([])
        os.setgid(NOBODY.gid)
        os.setuid(NOBODY.uid)
        _work_and_leave(work, sink)
    os.close(sink)
    with os.fdopen(source, "rb") as answer:
        words = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 0:
        raise RuntimeError(f"measuring as nobody ended with {code}")
    return pickle.loads(words)


def _work_and_leave(work: Callable[[], Any], sink: int) -> NoReturn:
    """Never returns into the parent's clean-up."""
    code = 1
    try:
        with os.fdopen(sink, "wb") as answer:
            pickle.dump(work(), answer)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
