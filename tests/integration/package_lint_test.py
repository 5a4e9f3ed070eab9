"""The packages as files: what linters say, what is in them, what they ask for, and that they can be made again.
RUNNERIQ_PACKAGES names their folder, made by packaging/make-packages."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet import program
from laid_out import LaidOut
from package_contents import PACKAGES, ROOT, SCRIPTS, UNITS, deb_contents, rpm_contents

LARGEST = 5_000_000  # bytes of a deb
OLDEST_GLIBC = (2, 34)  # of EL9
VERSION = (re.findall(r"project\(runneriq VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text()) or [""])[0]


def folder() -> Path:
    return Path(os.environ["RUNNERIQ_PACKAGES"])


def deb(package: str) -> Path:
    return folder() / f"{package}_{VERSION}_amd64.deb"


def rpm(package: str) -> Path:
    return folder() / f"{package}-{VERSION}-1.x86_64.rpm"


def said(*command: str | Path, timeout: float = 60) -> str:
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=timeout,
                          check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Contents of each deb, with its control files in DEBIAN/."""
    folders = {package: tmp_path_factory.mktemp(package) for package in PACKAGES}
    for package, to in folders.items():
        said("dpkg-deb", "--raw-extract", deb(package), to)
    return folders


@pytest.fixture(scope="module")
def laid_out() -> Iterator[LaidOut]:
    if os.geteuid() != 0:
        pytest.skip("not started as root: packages cannot be laid over this machine")
    with LaidOut([deb(package) for package in PACKAGES]) as machine:
        yield machine


def test_there_are_three_packages_of_each_kind_and_no_other_file() -> None:
    wanted = {path(package).name for package in PACKAGES for path in (deb, rpm)}
    assert {path.name for path in folder().iterdir()} == wanted


def test_linters_find_nothing() -> None:
    said(ROOT / "packaging/lint-packages", folder(), timeout=240)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_deb_is_too_large(package: str) -> None:
    assert deb(package).stat().st_size <= LARGEST


# ---- contents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
def test_a_deb_holds_what_the_table_says(package: str) -> None:
    found = {}
    for line in said("dpkg-deb", "--contents", deb(package)).splitlines():
        mode, owner, _, _, _, path = line.split(None, 5)
        assert owner == "root/root", line
        assert mode.startswith(("d", "-")), f"neither file nor folder: {line}"
        assert set(mode[1:]) <= set("rwx-"), f"set-uid or the like: {line}"
        if mode.startswith("d"):
            assert mode == "drwxr-xr-x", line
        else:
            found[path.removeprefix(".")] = sum(1 << (8 - place) for place in range(9) if mode[place + 1] != "-")
    assert found == deb_contents(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_an_rpm_holds_what_the_table_says(package: str) -> None:
    found = {}
    form = "[%{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]"
    for line in said("rpm", "-qp", "--nosignature", "--qf", form, rpm(package)).splitlines():
        mode, user, group, path = line.split(None, 3)
        assert (user, group) == ("root", "root"), line
        if mode.startswith("100"):
            found[path] = int(mode, 8) & 0o7777
        else:
            assert (mode, "runneriq" in path) == ("40755", True), f"a folder of others: {line}"
    assert found == rpm_contents(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_owns_configuration_that_two_of_them_read(package: str, unpacked: dict[str, Path]) -> None:
    assert not (unpacked[package] / "DEBIAN/conffiles").exists()
    assert said("rpm", "-qpc", "--nosignature", rpm(package)) == ""


def test_the_shipped_configuration_is_valid_as_it_is_and_without_its_comment_signs(unpacked: dict[str, Path],
                                                                                   tmp_path: Path) -> None:
    shipped = unpacked["runneriq"] / "usr/share/runneriq/runneriq.yaml"
    lines = shipped.read_text().splitlines()
    assert all(line.startswith("#") or not line for line in lines), "something is switched on"
    enabled = tmp_path / "enabled.yaml"
    enabled.write_text("\n".join(line[1:] for line in lines if re.match(r"#( *[a-z_]+:|runneriq:)", line)) + "\n")
    assert "url: https" in enabled.read_text()
    example = unpacked["runneriq-executor"] / "usr/share/doc/runneriq-executor/examples/runneriq.yaml"
    for file in (shipped, enabled, example):
        said(program("RUNNERIQ"), "config", "check", "--config", file)


def test_what_the_programs_print_is_shipped(unpacked: dict[str, Path]) -> None:
    share = unpacked["runneriq"] / "usr/share"
    for shell, path in (("bash", "bash-completion/completions/runneriq"), ("zsh", "zsh/vendor-completions/_runneriq"),
                        ("fish", "fish/vendor_completions.d/runneriq.fish")):
        assert (share / path).read_text() == said(program("RUNNERIQ"), "completion", shell)
    page = gzip.decompress((share / "man/man1/runneriq.1.gz").read_bytes()).decode()
    assert page == said(program("RUNNERIQ"), "man")
    example = (unpacked["runneriq-executor"] / "usr/share/doc/runneriq-executor/examples/config.toml").read_text()
    assert re.findall(r'_exec = "(.*)"', example) == ["/usr/bin/runneriq-executor"] * 4


@pytest.mark.parametrize("package", PACKAGES)
def test_the_changelog_begins_with_this_version(package: str, unpacked: dict[str, Path]) -> None:
    log = gzip.decompress((unpacked[package] / f"usr/share/doc/{package}/changelog.gz").read_bytes()).decode()
    assert log.startswith(f"{package} ({VERSION}) ")
    assert said("rpm", "-qp", "--nosignature", "--changelog", rpm(package)).splitlines()[0].endswith(f"- {VERSION}-1")
    assert said("dpkg-deb", "--field", deb(package), "Version").strip() == VERSION


# ---- what is asked of the system -------------------------------------------------------------------------------------

DEBIAN_NAMES = {"libc.so.6": "libc6", "libm.so.6": "libc6", "ld-linux-x86-64.so.2": "libc6", "libgcc_s.so.1":
                "libgcc-s1", "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3", "libcurl.so.4": "libcurl4"}


def needed_libraries(binary: Path) -> set[str]:
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", said("readelf", "--dynamic", "--wide", binary)))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_deb_depends_on_the_libraries_of_its_programs_and_on_no_others(package: str,
                                                                         unpacked: dict[str, Path]) -> None:
    depends = re.findall(r"(?:^|, )(lib[^ ,]+)", said("dpkg-deb", "--field", deb(package), "Depends"))
    programs = [path for path in (unpacked[package] / "usr/bin").iterdir() if path.read_bytes().startswith(b"\x7fELF")]
    assert programs
    needed = {DEBIAN_NAMES[name] for path in programs for name in needed_libraries(path)}
    assert needed == set(depends)


@pytest.mark.parametrize("package", PACKAGES)
def test_an_rpm_requires_nothing_that_only_debian_has(package: str) -> None:
    required = said("rpm", "-qp", "--nosignature", "--requires", rpm(package)).splitlines()
    names = {line.split("(")[0].split(" ")[0] for line in required if "rpmlib(" not in line}
    assert names <= {*DEBIAN_NAMES, "/bin/sh", "rtld", "config", "runneriq", "runneriq-executor", "python3", "git",
                     "systemd"}, names
    versioned = [line for line in required if re.match(r"libcurl.*\(CURL", line)]
    assert versioned == []
    glibc = [tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", "\n".join(required))]
    assert max(glibc, default=(0,)) <= OLDEST_GLIBC


def test_a_systemd_that_cannot_load_a_folder_of_credentials_is_refused() -> None:
    assert said("dpkg-deb", "--field", deb("runneriq"), "Breaks").strip() == "systemd (<< 250)"
    assert said("rpm", "-qp", "--nosignature", "--conflicts", rpm("runneriq")).strip() == "systemd < 250"


# ---- scripts and units -----------------------------------------------------------------------------------------------


def check_script(path: Path) -> None:
    said("sh", "-n", path)
    if shutil.which("shellcheck"):
        said("shellcheck", "--shell=sh", path)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_scripts_of_a_deb(package: str, unpacked: dict[str, Path]) -> None:
    found = {path.name for path in (unpacked[package] / "DEBIAN").iterdir()} - {"control", "md5sums"}
    assert found == SCRIPTS.get(package, set())
    for name in found:
        script = unpacked[package] / "DEBIAN" / name
        assert script.stat().st_mode & 0o7777 == 0o755 and "@VERSION@" not in script.read_text()
        check_script(script)


@pytest.mark.parametrize(("package", "tags"), [("runneriq", ["POSTIN", "PREUN", "POSTUN"]),
                                               ("runneriq-executor", ["POSTIN", "POSTUN"])])
def test_the_scripts_of_an_rpm(package: str, tags: list[str], tmp_path: Path) -> None:
    for tag in ["PREIN", "POSTIN", "PREUN", "POSTUN"]:
        text = said("rpm", "-qp", "--nosignature", "--qf", f"%{{{tag}}}", rpm(package))
        assert (text != "(none)") == (tag in tags), tag
        if tag in tags:
            (tmp_path / tag).write_text(text)
            check_script(tmp_path / tag)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_right(unit: str, laid_out: LaidOut) -> None:
    laid_out.run("systemd-sysusers", "runneriq.conf")
    done = laid_out.run("systemd-analyze", "verify", f"/usr/lib/systemd/system/{unit}")
    assert (done.returncode, done.stdout + done.stderr) == (0, ""), unit


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_a_service_is_hardened(unit: str, laid_out: LaidOut) -> None:
    """An exposure of at most 2.0 of 10."""
    done = laid_out.run("systemd-analyze", "security", "--offline=true", "--threshold=20",
                        f"/usr/lib/systemd/system/{unit}")
    assert "Overall exposure level" in done.stdout and done.returncode == 0, done.stdout[-300:] + done.stderr


def test_no_program_runs_jobs_as_the_user_with_the_tokens(unpacked: dict[str, Path]) -> None:
    units = unpacked["runneriq"] / "usr/lib/systemd/system"
    for unit in units.glob("*.service"):
        assert re.findall(r"(?m)^User=(.*)$", unit.read_text()) == ["runneriq"], unit
    assert not list(unpacked["runneriq-executor"].rglob("*.service"))
    assert "runneriq " not in (unpacked["runneriq-executor"] / "usr/lib/tmpfiles.d/runneriq-executor.conf").read_text()


def test_a_relay_and_the_scheduler_never_serve_the_same_socket(unpacked: dict[str, Path]) -> None:
    """And neither stops the other: with Conflicts= a start of the socket, even one that is skipped, ends the relay."""
    units = unpacked["runneriq"] / "usr/lib/systemd/system"
    relay = (units / "runneriq-relay.service").read_text()
    assert re.search(r"(?m)^ConditionPathExists=!/run/runneriq/runneriq.sock$", relay)
    assert re.search(r"(?m)^After=.*\brunneriq.socket\b", relay)
    assert not [unit for unit in units.iterdir() if "\nConflicts=" in unit.read_text()]


# ---- made again ------------------------------------------------------------------------------------------------------


def digests(packages: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in packages.iterdir()}


def test_the_same_programs_make_the_same_packages_in_another_folder(tmp_path: Path) -> None:
    build = tmp_path / "another" / "folder"
    said("cmake", "--preset", "release", "-S", ROOT, "-B", build, "-DRUNNERIQ_TESTS=OFF", timeout=240)
    built = Path(program("RUNNERIQ")).parent.parent
    (build / "bin").mkdir(exist_ok=True)
    for name in ("runneriq", "runneriq-executor", "runneriq-gitlab-sim"):
        shutil.copy2(built / "bin" / name, build / "bin" / name)
    for package in PACKAGES:
        shutil.copytree(built / "packaging" / package, build / "packaging" / package)
        for name in ("changelog.gz", "copyright"):  # all but the list of components is made again
            (build / "packaging" / package / name).unlink()
    said(ROOT / "packaging/make-packages", build, timeout=400)
    assert digests(build / "packages") == digests(folder())
