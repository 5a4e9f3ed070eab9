"""The first process of a clean root, started by clean_root.py in new namespaces:
    clean_root_entry.py wait|boot SHARE LAYER...
Joins the layers, the first one on top, below a file system in memory, makes this the root of the
mount namespace, prints "ready" and waits for children until it is killed, or becomes the root's systemd."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
HOSTNAME = "clean-root"
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
IDLE = "sleep 3600"
# The shell collects children that nobody else waits for, as every first process must.
WAIT_FOR_EVER = f"trap : TERM; while :; do {IDLE} & wait $!; done"


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def join(layers: list[str], place: Path) -> Path:
    """What is written stays in memory, so nothing is left on disk however this ends."""
    mount("-t", "tmpfs", "-o", "mode=755", "runneriq-root", str(place))
    for name in ("upper", "work", "root"):
        (place / name).mkdir()
    options = f"lowerdir={':'.join(layers)},upperdir={place}/upper,workdir={place}/work"
    mount("-t", "overlay", "-o", options, "runneriq-root", str(place / "root"))
    return place / "root"


def furnish(root: Path, share: Path) -> None:
    mount("-t", "proc", "proc", str(root / "proc"))
    mount("-t", "tmpfs", "-o", "mode=755", "dev", str(root / "dev"))
    for name, numbers in DEVICES.items():
        os.mknod(root / "dev" / name, 0o020666, os.makedev(*numbers))
        (root / "dev" / name).chmod(0o666)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/{target}")
    (root / "dev/pts").mkdir()
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666", "devpts", str(root / "dev/pts"))
    (root / "dev/ptmx").symlink_to("pts/ptmx")
    (root / "dev/shm").mkdir()
    (root / "dev/shm").chmod(0o1777)
    inside = root / str(share).lstrip("/")
    inside.mkdir(parents=True)
    mount("--bind", str(share), str(inside))


def make_root(root: Path) -> None:
    os.chdir(root)
    Path("host").mkdir()
    subprocess.run(["pivot_root", ".", "host"], check=True)
    os.chroot(".")
    subprocess.run(["/bin/umount", "--lazy", "/host"], check=True)
    Path("/host").rmdir()


def furnish_for_systemd(root: Path) -> None:
    """/sys and /proc/sys are this host's kernel's: its settings and devices are left alone."""
    mount("-t", "sysfs", "-o", "ro", "sysfs", str(root / "sys"))
    mount("-t", "cgroup2", "cgroup2", str(root / "sys/fs/cgroup"))
    mount("--bind", str(root / "proc/sys"), str(root / "proc/sys"))
    mount("-o", "remount,bind,ro", str(root / "proc/sys"))


def boot() -> None:
    """Credentials are mounted by a process of a mount namespace of its own."""
    subprocess.run(["/bin/mount", "--make-rshared", "/"], check=True)
    os.execve("/lib/systemd/systemd", ["systemd", "--system", "--unit=basic.target", "--show-status=no"],
              {"PATH": os.defpath, "container": "other"})


def main(boots: bool, share: Path, layers: list[str]) -> None:
    socket.sethostname(HOSTNAME)
    bring_loopback_up()
    root = join(layers, share / "mount")
    furnish(root, share)
    if boots:
        furnish_for_systemd(root)
    make_root(root)
    print("ready", flush=True)
    if boots:
        boot()
    os.execve("/bin/sh", ["sh", "-c", WAIT_FOR_EVER], {"PATH": os.defpath})


if __name__ == "__main__":
    main(sys.argv[1] == "boot", Path(sys.argv[2]), sys.argv[3:])
