"""How the programs of the release preset are linked: what they need of a host, and what they defend themselves
with. The oldest hosts are EL 9's: glibc 2.34, libcurl 7.76, OpenSSL 3.0."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from elf_program import ElfProgram
from fleet import Simulator, Watcher
from tls_front import TlsFront

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "libcurl.so.4", "libssl.so.3", "libcrypto.so.3"}
DYNAMIC = ["RUNNERIQ", "RUNNERIQ_GITLAB_SIM"]
ALL = [*DYNAMIC, "RUNNERIQ_EXECUTOR"]


def program(variable: str) -> ElfProgram:
    path = os.environ.get(variable, "")
    if not path:
        pytest.skip(f"{variable} does not name the built program")
    return ElfProgram(Path(path))


@pytest.fixture(params=DYNAMIC)
def dynamic(request: pytest.FixtureRequest) -> ElfProgram:
    return program(str(request.param))


@pytest.fixture(params=ALL)
def any_program(request: pytest.FixtureRequest) -> ElfProgram:
    return program(str(request.param))


def starts(elf: ElfProgram, **environment: str) -> bool:
    """Whether it starts with every symbol bound at once."""
    run = subprocess.run([elf.path, "--version"], env={"LD_BIND_NOW": "1", **environment}, capture_output=True, text=True,
                         timeout=30)
    return run.returncode == 0 and run.stderr == "" and run.stdout.startswith(f"{elf.path.name} ")


# ---- what they need of a host --------------------------------------------------------------


def test_only_what_all_distributions_have_under_one_name_is_needed(dynamic: ElfProgram) -> None:
    assert dynamic.needed == NEEDED


def test_no_symbol_is_younger_than_the_oldest_host(dynamic: ElfProgram) -> None:
    assert (2, 34) == max(dynamic.versions("GLIBC"))
    assert dynamic.versions("OPENSSL") == {(3, 0, 0)}
    assert max(dynamic.versions("GCC")) <= (7, 0, 0)
    known = {"GLIBC", "OPENSSL", "GCC", ""}
    assert {version.partition("_")[0] for version in dynamic.undefined.values()} <= known


def test_libcurl_is_asked_for_no_version(dynamic: ElfProgram) -> None:
    of_curl = {name: version for name, version in dynamic.undefined.items() if name.startswith("curl_")}
    assert "curl_multi_poll" in of_curl
    assert set(of_curl.values()) == {""}


def test_it_binds_to_the_libcurl_of_this_host_and_to_one_without_versions(dynamic: ElfProgram) -> None:
    without_versions = dynamic.path.parent.parent / "curl_stand_in"
    assert (without_versions / "libcurl.so.4").exists()
    assert starts(dynamic)
    assert starts(dynamic, LD_LIBRARY_PATH=str(without_versions))


def test_the_executor_needs_no_other_file() -> None:
    executor = program("RUNNERIQ_EXECUTOR")
    assert executor.needed == set()
    assert "INTERP" not in executor.segments
    assert executor.undefined == {}
    assert starts(executor)


@pytest.fixture
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def test_it_speaks_https_through_the_libcurl_of_this_host(gitlab: Simulator) -> None:
    program("RUNNERIQ")
    with Watcher(gitlab) as watcher, TlsFront(gitlab.url, watcher.root) as front:
        watcher.environment.update({"GITLAB_URL": front.url, "LD_BIND_NOW": "1"})
        watcher.configure(f"runneriq:\n  gitlab: {{ca_file: {front.certificate}}}\n")
        assert watcher.tick()["analyzer"]["jobs"]


# ---- what they defend themselves with ------------------------------------------------------


def test_addresses_are_random_and_tables_read_only(any_program: ElfProgram) -> None:
    assert {"PIE", "NOW"} <= any_program.flags
    assert any_program.segments["GNU_RELRO"] == "R"
    assert any_program.segments["GNU_STACK"] == "RW"
    assert not any("W" in may and "E" in may for may in any_program.segments.values())
    assert "TEXTREL" not in any_program.tags


def test_libraries_come_from_the_system_alone(any_program: ElfProgram) -> None:
    assert not {"RPATH", "RUNPATH"} & any_program.tags


def test_stacks_and_buffers_are_checked(dynamic: ElfProgram) -> None:
    assert "__stack_chk_fail" in dynamic.undefined
    assert any(name.endswith("_chk") for name in dynamic.undefined)


def test_no_path_of_this_machine_is_inside(any_program: ElfProgram) -> None:
    content = any_program.path.read_bytes()
    home = os.environ.get("HOME", "/")
    folders = {str(ROOT), str(any_program.path.parent.parent), *([] if home in ("/", "/root") else [home])}
    assert not [folder for folder in folders if folder.encode() + b"/" in content]


def test_it_is_stripped(any_program: ElfProgram) -> None:
    sections = subprocess.run(["readelf", "--sections", "--wide", any_program.path], check=True, capture_output=True,
                              text=True, timeout=30).stdout
    assert ".text" in sections
    assert not [name for name in (".symtab", ".debug_info", ".comment") if name in sections]
