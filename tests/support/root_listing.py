"""What is in a clean root, and how two looks at it differ."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

from clean_root import CleanRoot

# Accounts are compared by their lines below.
ACCOUNT_FILES = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid")


@dataclass(frozen=True)
class Listing:
    """Path -> kind, mode, owner and link target of every file, with the digest of what is in /etc; and
    the lines of the account files."""

    files: dict[str, str]
    accounts: frozenset[str]

    def __str__(self) -> str:
        return "\n".join(f"{path} {what}" for path, what in sorted(self.files.items()))


def look(root: CleanRoot) -> Listing:
    """The whole root but what is mounted in it."""
    told = root.run("find", "/", "-xdev", "-printf", r"%p\t%y %m %u:%g %l\n").check().out
    files = dict(line.split("\t", 1) for line in told.splitlines())
    contents = root.run("find", "/etc", "-xdev", "-type", "f", "-exec", "sha256sum", "{}", "+").check().out
    for line in contents.splitlines():
        digest, _, path = line.partition("  ")
        if path.rstrip("-") not in ACCOUNT_FILES:
            files[path] += digest[:12]
    accounts = root.run("sh", "-c", f"for f in {' '.join(ACCOUNT_FILES)}; do [ ! -e $f ] || sed s,^,$f:, $f; done")
    return Listing(files, frozenset(accounts.check().out.splitlines()))


def differences(before: Listing, after: Listing, allowed: Sequence[str] = ()) -> list[str]:
    """One line per difference: "+ new", "- gone", "~ changed"; without the paths that match a pattern of `allowed`.
    Owners appear by name, so that a user that is gone shows as a number."""
    lines = []
    for path in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(path), after.files.get(path)
        if old == new or any(fnmatch.fnmatchcase(path, pattern) for pattern in allowed):
            continue
        if old is None or new is None:
            lines.append(f"{'+' if old is None else '-'} {path} {new if old is None else old}")
        else:
            lines.append(f"~ {path} {old} -> {new}")
    lines += [f"+ {line}" for line in sorted(after.accounts - before.accounts)]
    return lines + [f"- {line}" for line in sorted(before.accounts - after.accounts)]
