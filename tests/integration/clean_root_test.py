"""The clean root itself: it shows nothing of this host, leaves nothing, and its listing sees what is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import debian_base
from clean_root import CleanRoot
from debian_base import debian_base as make_base
from host import mounts_with, processes_with, wait_until
from packaged_roots import require_base
from root_listing import differences, look
from tiny_deb import tiny_deb


@pytest.fixture(scope="module")
def base() -> Path:
    return require_base()


@pytest.fixture
def root(base: Path) -> Iterator[CleanRoot]:
    with CleanRoot([base]) as made:
        yield made


def test_the_root_is_debian_12_and_shows_nothing_of_this_host(root: CleanRoot) -> None:
    assert "VERSION_CODENAME=bookworm" in root.run("cat", "/etc/os-release").check().out
    assert root.run("hostname").check().out == "clean-root\n"
    assert root.run("env").check().out.count("\n") == 4  # PATH, LANG, HOME, DEBIAN_FRONTEND
    assert not root.processes()
    pids = [word for word in root.run("ls", "/proc").check().out.split() if word.isdigit()]
    assert len(pids) == 3, pids  # the first process, its sleep, and ls
    devices = root.run("cat", "/proc/net/dev").check().out.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]
    mounted = [line.split()[1] for line in root.run("cat", "/proc/mounts").check().out.splitlines()]
    assert sorted(mounted) == sorted(["/", "/proc", "/dev", "/dev/pts", str(root.share)])
    for inside in (Path(__file__), Path(sys.executable).resolve()):
        assert not root.path(str(inside)).exists()


def test_what_is_written_stays_in_the_root(base: Path, root: CleanRoot) -> None:
    root.run("sh", "-c", "echo new >/etc/hostname; rm /etc/debian_version; touch /new").check()
    with CleanRoot([base]) as other:
        assert other.path("/etc/hostname").read_text() == "clean-root\n"
        assert other.path("/etc/debian_version").exists() and not other.path("/new").exists()


def test_loopback_works_and_is_not_this_hosts(root: CleanRoot) -> None:
    """A port that is taken here is free there."""
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        ours.listen()
        here = "127.0.0.1:%d" % ours.getsockname()[1]
        script = (f"use IO::Socket::INET; IO::Socket::INET->new('{here}') and die 'reached this host';"
                  f"my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '{here}') or die $!;"
                  f"IO::Socket::INET->new('{here}') or die $!; print 'reached'")
        assert root.run("perl", "-e", script).check().out == "reached"


def test_nothing_is_left_when_the_test_fails(base: Path) -> None:
    mounts = Path("/proc/self/mountinfo").read_text()
    with pytest.raises(ZeroDivisionError), CleanRoot([base]) as root:
        share = root.share
        root.start("sleep", "1000")
        root.start("sh", "-c", "setsid sleep 1000 & sleep 1000")
        assert wait_until(lambda: len(root.processes()) >= 3)
        started = [*root.processes(), root.pid]
        raise ZeroDivisionError
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert not share.exists()
    assert not mounts_with(str(share)) and not processes_with(str(share))
    assert Path("/proc/self/mountinfo").read_text() == mounts


def test_a_root_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="(?s)no clean root: .*mount"):
        CleanRoot([tmp_path / "absent"])
    assert not mounts_with("runneriq-root") and not processes_with(str(tmp_path))


def test_the_root_ends_with_a_test_that_is_killed(base: Path) -> None:
    """What it shared goes with the next test that makes a root."""
    code = f"import sys; sys.path[:0] = {sys.path!r}\n" \
           "from pathlib import Path; from clean_root import CleanRoot; import time\n" \
           f"root = CleanRoot([Path({str(base)!r})]); print(root.pid, root.share, flush=True); time.sleep(1000)"
    with subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        pid, share = victim.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        victim.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists() and not processes_with(share))
    os.utime(Path(share) / "lock", (0, 0))
    with CleanRoot([base]):
        assert not Path(share).exists()


def test_a_layer_is_made_once_and_anew_when_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def make(place: Path) -> None:
        made.append(place)
        (place / "file").write_text("whole")
        (place / "link").symlink_to("file")

    layer = debian_base.kept("some", make)
    assert debian_base.kept("some", make) == layer and len(made) == 1
    for damage in (lambda: (layer / "file").write_text("half"), lambda: (layer / "link").unlink(),
                   lambda: (layer / "file").chmod(0o600), lambda: (layer / "more").mkdir(),
                   lambda: (layer.parent / "seal").unlink()):
        made.clear()
        damage()
        debian_base.kept("some", make)
        assert len(made) == 1
        assert (layer / "file").read_text() == "whole" and sorted(os.listdir(layer)) == ["file", "link"]


def test_a_layer_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def fail(place: Path) -> None:
        (place / "half").write_text("")
        raise debian_base.Unavailable("no mirror")

    with pytest.raises(debian_base.Unavailable):
        debian_base.kept("some", fail)
    assert not [path for path in debian_base.cache_folder().rglob("*") if path.name == "half"]


def test_the_listing_sees_what_a_package_leaves(base: Path, root: CleanRoot, tmp_path: Path) -> None:
    tidy = tiny_deb(tmp_path, "tidy")
    untidy = tiny_deb(tmp_path, "untidy",
                      postinst="useradd -r left; echo x >>/etc/hosts; chmod 700 /srv; mkdir /var/lib/left")
    before = look(root)
    for deb in (tidy, untidy):
        root.run("dpkg", "-i", str(root.hand_over(deb))).check()
    installed = "\n".join(differences(before, look(root)))
    for package in ("tidy", "untidy"):
        assert f"+ /usr/share/{package}/data f 644 root:root" in installed
    root.run("dpkg", "--purge", "tidy").check()
    now = look(root)
    root.run("dpkg", "--purge", "untidy").check()
    allowed = ["/var/lib/dpkg/*", "/var/log/*"]
    assert not [line for line in differences(before, now, allowed) if "/tidy" in line]
    left = [line for line in differences(before, look(root), allowed) if not line.startswith("~ /etc/.pwd.lock")]
    kinds = sorted(line.split(":")[0].split(" ")[1] for line in left)
    assert {"/srv", "/var/lib/left", "/etc/hosts"} <= set(kinds), left
    assert any(line.startswith("+ /etc/passwd:left:") for line in left), left


def test_the_base_is_not_changed_by_its_use(base: Path) -> None:
    digest = debian_base.listing_digest(base)
    with CleanRoot([base]) as root:
        root.run("sh", "-c", "rm -rf /usr/share; echo >/etc/passwd").check()
    assert debian_base.listing_digest(base) == digest
    assert make_base() == base
