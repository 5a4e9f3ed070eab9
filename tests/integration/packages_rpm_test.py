"""The .rpm packages in a root that has nothing but the libraries that they name: with Debian's libcurl, and with one
without symbol versions, as Fedora and EL have it. (The libraries are this host's: no EL is at hand.)"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clean_root import CleanRoot, why_no_root
from packaged_roots import furnished_layers, package_folder

PROJECT = Path(__file__).parents[2]
# What may be needed: the same names on EL 9, Fedora, Debian and Ubuntu.
LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libssl.so.3", "libcrypto.so.3", "libcurl.so.4",
             "ld-linux-x86-64.so.2"}
PACKAGES = ("runneriq", "runneriq-executor", "runneriq-demo")
NEWEST_GLIBC = (2, 34)
OF_AN_ADMINISTRATOR = "runneriq: {executor: {slots: 3}}\n"


@pytest.fixture(scope="module")
def rpms() -> dict[str, Path]:
    if shutil.which("rpm") is None:
        pytest.skip("rpm is not installed")
    found = {query(path, "%{NAME}"): path for path in package_folder().glob("*.rpm")}
    assert set(PACKAGES) <= found.keys(), f"{package_folder()} has {sorted(found)}"
    return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    if reason := why_no_root():
        pytest.skip(reason)
    root = tmp_path / "root"
    for folder in ("proc", "tmp", "etc", "dev"):
        (root / folder).mkdir(parents=True)
    yield root
    shutil.rmtree(root)


def query(rpm: Path, form: str) -> str:
    return subprocess.run(["rpm", "--query", "--package", "--queryformat", form, str(rpm)], capture_output=True,
                          text=True, check=True).stdout


def listed(rpm: Path, what: str) -> list[str]:
    return subprocess.run(["rpm", "--query", "--package", f"--{what}", str(rpm)], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def rpm(root: Path, *words: str) -> None:
    """The real rpm with a database of its own in the root; scripts are tried elsewhere, as no shell is here."""
    done = subprocess.run(["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", "--nodeps", "--noscripts", *words],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"rpm {' '.join(words)}\n{done.stdout}{done.stderr}"


def libraries_named_by(rpm_file: Path) -> set[str]:
    return {need.partition("(")[0] for need in listed(rpm_file, "requires") if ".so" in need}


def closure(names: set[str]) -> dict[str, Path]:
    """These libraries of this host with all that they need in turn."""
    cached = dict(re.findall(r"^\s+(\S+) \(.*x86-64.*\) => (\S+)$", subprocess.run(
        ["/sbin/ldconfig", "--print-cache"], capture_output=True, text=True, check=True).stdout, re.M))
    found: dict[str, Path] = {}
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found[name] = Path(cached[name])
        needed = subprocess.run(["readelf", "--dynamic", str(found[name])], capture_output=True, text=True, check=True)
        waiting |= set(re.findall(r"\(NEEDED\).*\[(.*)\]", needed.stdout)) - found.keys()
    return found


def furnish(root: Path, names: set[str], instead: dict[str, Path]) -> None:
    """The libraries, in a folder that the loader of any distribution looks into, and the loader."""
    for folder in ("lib", "lib64"):
        (root / folder).mkdir()
    for name, file in (closure(names - instead.keys()) | instead).items():
        shutil.copy(file, root / "lib" / name)
    shutil.copy("/lib64/ld-linux-x86-64.so.2", root / "lib64")


def unversioned_curl(place: Path) -> Path:
    """A libcurl.so.4 with the functions that we may call, none of which has a version. Calls of it fail."""
    functions = [line for line in (PROJECT / "cmake/curl_functions.txt").read_text().splitlines()
                 if line and not line.startswith("#")]
    source, library = place / "curl.c", place / "libcurl.so.4"
    source.write_text("".join(f"void *{name}(void) {{ return 0; }}\n" for name in functions))
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libcurl.so.4", "-o", str(library), str(source)], check=True)
    versions = subprocess.run(["readelf", "--version-info", str(library)], capture_output=True, text=True, check=True)
    assert "CURL_OPENSSL_4" not in versions.stdout
    return library


def run_in(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Without any variable of this process. Every symbol is looked up at the start."""
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", f"--root={root}", "--wd=/", *command], text=True,
        capture_output=True, timeout=60, env={"HOME": "/tmp", "PATH": "/usr/bin", "LD_BIND_NOW": "1"}, check=False)


@pytest.mark.parametrize("name", PACKAGES)
def test_it_asks_for_what_every_distribution_has(rpms: dict[str, Path], name: str) -> None:
    needs = listed(rpms[name], "requires")
    print(*needs, sep="\n")
    assert libraries_named_by(rpms[name]) <= LIBRARIES
    assert not [need for need in needs if "CURL_" in need]
    for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", "\n".join(needs)):
        assert (int(major), int(minor)) <= NEWEST_GLIBC
    if name == "runneriq-executor":
        assert libraries_named_by(rpms[name]) == set()
    others = [need for need in needs if ".so" not in need and not need.startswith("rpmlib(")]
    allowed = (r"/bin/sh|/usr/bin/(sh|bash|python3|env)|python3( .*)?|git( .*)?|systemd( .*)?|ca-certificates|tzdata|"
               r"runneriq(-executor)? = .*|user\(runneriq\)|group\(runneriq(-clients)?\)|config\(runneriq\) = .*|"
               r"rtld\(GNU_HASH\)")
    assert [need for need in others if not re.fullmatch(allowed, need)] == []


def test_the_executor_runs_in_a_root_without_any_library(rpms: dict[str, Path], place: Path) -> None:
    rpm(place, "--install", str(rpms["runneriq-executor"]))
    assert not (place / "lib64").exists()
    version = query(rpms["runneriq-executor"], "%{VERSION}")
    said = run_in(place, "/usr/bin/runneriq-executor", "--version")
    assert (said.returncode, said.stdout) == (0, f"runneriq-executor {version}\n"), said
    doctor = run_in(place, "/usr/bin/runneriq-executor", "doctor")
    assert doctor.returncode == 1, doctor  # no bash, no git
    for line in (r"^ok +configuration:", r"^FAILED +git:", r"^ok +state-file: .*host\.db"):
        assert re.search(line, doctor.stdout, re.M), doctor


@pytest.mark.parametrize("curl", ["of_debian", "without_versions"])
def test_the_scheduler_runs_with_the_named_libraries_alone(rpms: dict[str, Path], place: Path, tmp_path: Path,
                                                           curl: str) -> None:
    names = libraries_named_by(rpms["runneriq"])
    furnish(place, names, {"libcurl.so.4": unversioned_curl(tmp_path)} if curl == "without_versions" else {})
    rpm(place, "--install", str(rpms["runneriq"]), str(rpms["runneriq-executor"]), str(rpms["runneriq-demo"]))
    said = run_in(place, "/usr/bin/runneriq", "--version")
    assert (said.returncode, said.stdout) == (0, f"runneriq {query(rpms['runneriq'], '%{VERSION}')}\n"), said
    assert "no version information" not in said.stderr
    doctor = run_in(place, "/usr/bin/runneriq", "doctor")
    assert doctor.returncode == 1 and re.search(r"^ok +configuration:", doctor.stdout, re.M), doctor
    assert "GITLAB_TOKEN" in doctor.stdout
    simulator = run_in(place, "/usr/bin/runneriq-gitlab-sim", "--version")
    assert simulator.returncode == 0, simulator
    if curl == "of_debian":
        mock = run_in(place, "/usr/bin/runneriq", "run", "--once", "--mock")
        assert mock.returncode == 0 and "CRITICAL" in mock.stdout, mock
    (place / "lib/libcurl.so.4").unlink()
    said = run_in(place, "/usr/bin/runneriq", "--version")
    assert said.returncode == 127 and "libcurl.so.4" in said.stderr, "there was another libcurl in the root"


def test_erasing_leaves_nothing(rpms: dict[str, Path], place: Path) -> None:
    def look() -> set[str]:
        return {str(path.relative_to(place)) for path in place.rglob("*") if "var/lib/rpm" not in str(path)}
    before = look()
    rpm(place, "--install", *(str(rpms[name]) for name in PACKAGES))
    assert len(look()) > len(before) + 20
    rpm(place, "--erase", *PACKAGES)
    left = sorted(path for path in look() - before if "runneriq" in path)
    assert left == []


def test_who_enables_the_service_enables_its_socket_and_the_safety_timer(rpms: dict[str, Path], place: Path) -> None:
    """Where a distribution's presets have enabled nothing."""
    rpm(place, "--install", str(rpms["runneriq"]))
    subprocess.run(["systemctl", f"--root={place}", "enable", "runneriq.service"], check=True, capture_output=True)
    enabled = {path.name for path in (place / "etc/systemd/system").glob("*.wants/*")}
    assert enabled == {"runneriq.service", "runneriq.socket", "runneriq-revert-expired.timer"}
    # To enable and start one unit starts no other that only `Also=` names.
    service = (place / "usr/lib/systemd/system/runneriq.service").read_text()
    assert re.search(r"(?m)^Wants=.*\brunneriq-revert-expired.timer\b", service)


@pytest.mark.parametrize("name", PACKAGES)
def test_scriptlets_are_sound_and_run_twice(rpms: dict[str, Path], name: str) -> None:
    """In a Debian, whose tools have the same names; macros of an EL are expanded when the package is built."""
    bodies = scriptlets(rpms[name])
    print(*(f"--- {when}\n{body}" for when, body in bodies.items()))
    for when, body in bodies.items():
        assert "%{" not in body and "@VERSION@" not in body, f"{when} was not expanded: {body}"
        checked = subprocess.run(["sh", "-n"], input=body, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, f"{when}: {checked.stderr}"
    if not bodies:
        return
    with CleanRoot(furnished_layers()) as root:
        unpacked = root.share / "unpacked"
        unpacked.mkdir()
        rpm(unpacked, "--install", str(rpms[name]))
        root.run("cp", "-a", f"{unpacked}/.", "/").check()
        root.run("install", "-d", "/etc/runneriq").check()
        root.path("/etc/runneriq/runneriq.yaml").write_text(OF_AN_ADMINISTRATOR)
        # Arguments: 1 at the first installation, 2 at an upgrade; 1 at an upgrade's end, 0 at the last erasure.
        for when, argument in (("preinstall", "1"), ("postinstall", "1"), ("preinstall", "2"), ("postinstall", "2"),
                               ("preuninstall", "1"), ("postuninstall", "1"), ("preuninstall", "0"),
                               ("postuninstall", "0")):
            if when in bodies:
                said = root.run("sh", "-e", "-s", argument, stdin=bodies[when])
                assert said.code == 0, f"{when} {argument}: {said}"
            if name == "runneriq" and (when, argument) == ("postinstall", "1"):
                assert root.account("runneriq").uid != 0
                assert root.path("/etc/runneriq/runneriq.yaml").read_text() == OF_AN_ADMINISTRATOR
                assert root.path("/etc/runneriq/environment").read_text()
        if name == "runneriq":
            assert root.path("/etc/runneriq/runneriq.yaml").read_text() == OF_AN_ADMINISTRATOR


def scriptlets(rpm_file: Path) -> dict[str, str]:
    """Their bodies by name, such as "postinstall"."""
    found: dict[str, list[str]] = {}
    for line in listed(rpm_file, "scripts"):
        if match := re.match(r"(\w+) (scriptlet \(using /bin/sh\)|program: /bin/sh)", line):
            body = found.setdefault(match[1], [])
        elif found:
            body.append(line)
    return {when: "\n".join(lines) + "\n" for when, lines in found.items()}
