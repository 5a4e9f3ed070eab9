"""The manual pages: groff and mandoc read them without a warning, and what they say is so."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import runneriq_demo
from fleet import Simulator, Watcher, program
from host import wait_until
from man_page import PAGES, ManPage, plain

NAMES = sorted(path.name for path in PAGES.iterdir())
PROGRAMS = {"runneriq.1": "RUNNERIQ", "runneriq-executor.1": "RUNNERIQ_EXECUTOR", "runneriq-gitlab-sim.1": "RUNNERIQ_GITLAB_SIM"}
EXPECTED = {*PROGRAMS, "runneriq.yaml.5", "runneriq-demo.1"}
WIDTH = 80
# Without a date, the page of a version is the same whenever it is made.
NO_DATE = 'WARNING: missing date, using "": TH'
TWICE_IS_MEANT = {"no"}


def needs(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def call(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=30, check=False,
                          **options)  # type: ignore[call-overload]


def test_all_pages_are_there() -> None:
    assert set(NAMES) == EXPECTED


@pytest.mark.parametrize("name", NAMES)
def test_groff_has_no_complaint(name: str) -> None:
    done = call(needs("groff"), "-man", "-ww", "-Tutf8", PAGES / name)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_mandoc_has_no_complaint_but_the_missing_date(name: str) -> None:
    done = call(needs("mandoc"), "-T", "lint", "-W", "warning", PAGES / name)
    assert [line for line in done.stdout.splitlines() if not line.endswith(NO_DATE)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_reads_well_in_a_terminal(name: str) -> None:
    shown = call(needs("groff"), "-man", "-Tascii", "-P-c", "-P-b", "-P-o", "-P-u", f"-rLL={WIDTH - 2}n", PAGES / name).stdout
    assert [line for line in shown.splitlines() if len(line) > WIDTH] == []
    twice = {found.group(1) for found in re.finditer(r"\b([A-Za-z]+)\s+\1\b", "\n".join(shown.splitlines()[1:-1]))}
    assert twice <= TWICE_IS_MEANT, twice
    assert "`" not in shown and "\\f" not in shown


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_what_readers_look_for(name: str) -> None:
    page = ManPage(name)
    for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"):
        assert name == "runneriq-gitlab-sim.1" and title == "ENVIRONMENT" or page.section(title).strip(), title
    if name.endswith(".1"):
        assert page.terms("EXIT STATUS")
    version = call(program("RUNNERIQ"), "--version").stdout.split()[1]
    assert page.roff.startswith(".TH ") and f'"RunnerIQ {version}"' in page.roff.splitlines()[0]
    others = {f"{other.rpartition('.')[0]}({other[-1]})" for other in EXPECTED - {name}}
    ours = {other for other in re.findall(r"runneriq[a-z.-]*\(\d\)", plain(page.section("SEE ALSO")))}
    assert ours and ours <= others


@pytest.fixture(scope="module")
def literals() -> str:
    """The sources, in which a name that a program asks for stands behind a quote; without those of the pages."""
    layers = ("apps", "cli", "platform", "executor", "carbon", "gitlab", "scheduler")
    files = [path for layer in layers for path in (PAGES.parents[1] / layer).rglob("*.?pp") if path.stem != "man_page"]
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize("name", ["runneriq.1", "runneriq-executor.1"])
def test_every_variable_is_one_that_a_program_asks_for(name: str, literals: str) -> None:
    assert [variable for variable in variables(ManPage(name), "ENVIRONMENT") if f'"{variable}' not in literals] == []


def test_every_secret_is_one_that_a_program_asks_for(literals: str) -> None:
    page = ManPage("runneriq.yaml.5")
    told = " ".join(plain(page.section("SECRETS")).split())
    credentials = [word for words in re.findall(r"Credentials? (.*?)\.(?: |$)", told) for word in re.findall(r"[a-z]+(?:-[a-z]+)*", re.sub(r"<.*?>| and ", " ", words))]
    assert len(credentials) >= 10
    words = [*variables(page, "SECRETS"), *variables(page, "ENVIRONMENT"), *credentials]
    assert [word for word in words if f'"{word}' not in literals] == []


def variables(page: ManPage, title: str) -> list[str]:
    """As far as a program has them as they are: what ends in ... is made from keys."""
    names = [name for term in page.terms(title) for name in term.split(", ") if not name.endswith("...")]
    assert names
    return [re.sub(r"_?<.*", "", name) for name in names]


def test_the_page_of_the_configuration_has_the_options_of_the_program() -> None:
    with Watcher() as watcher:
        shown = json.loads(watcher.run("config", "show", "--output", "json").out)
    rows = [row for row in shown["options"] if "*" not in row["key"]]
    page = ManPage("runneriq.yaml.5").section("OPTIONS")
    told = {key for key in re.findall(r"^\.TP\n\\fB(.*)\\fR$", page, re.MULTILINE) if "*" not in key}
    assert {row["key"] for row in rows} == told


def test_the_executor_takes_every_option_of_its_page() -> None:
    executor = program("RUNNERIQ_EXECUTOR")
    for term in ManPage("runneriq-executor.1").terms("OPTIONS OF DOCTOR"):
        words = term.split("|")[0].split()
        words[1:] = ["1" if word == "N" else word for word in words[1:]]
        done = call(executor, "doctor", *words, "--no-such-option", "x")
        assert (done.returncode, done.stderr) == (2, "runneriq-executor doctor: unknown option '--no-such-option'\n")


def test_the_simulator_takes_every_option_of_its_page() -> None:
    simulator = program("RUNNERIQ_GITLAB_SIM")
    for term in ManPage("runneriq-gitlab-sim.1").terms("OPTIONS"):
        flag, _, value = term.partition(" ")
        if value:
            done = call(simulator, flag, "/no/such/place", "--no-such-option", "x")
            assert done.returncode == 2 and f"unknown option '{flag}'" not in done.stderr, done
        else:
            assert call(simulator, flag).returncode == 0


def test_the_page_of_the_demo_has_its_options() -> None:
    usage = call(sys.executable, "-B", runneriq_demo.__file__, "--help").stdout
    options = re.findall(r"^  (?:-h, )?(--[a-z]+)(?: (\S+))?", usage, re.MULTILINE)
    page = ManPage("runneriq-demo.1")
    terms = {term.split(" ")[0]: term.partition(" ")[2] for term in page.terms("OPTIONS") if not term.startswith("-h")}
    choices = {name: "|".join(value.strip("{}").split(",")) for name, value in options if name != "--help"}
    assert terms == choices
    text = plain(page.section("OPTIONS"))
    assert f"{runneriq_demo.LEAST_JOBS} to {runneriq_demo.JOBS}; {runneriq_demo.JOBS} unless told" in text
    for line in page.examples():
        runneriq_demo.parse(line.split()[1:])


@pytest.fixture
def shell(tmp_path: Path) -> Watcher:
    """The environment of someone who has the programs in PATH."""
    watcher = Watcher()
    folder = watcher.root / "bin"
    folder.mkdir()
    for variable, name in (("RUNNERIQ", "runneriq"), ("RUNNERIQ_EXECUTOR", "runneriq-executor"),
                           ("RUNNERIQ_GITLAB_SIM", "runneriq-gitlab-sim")):
        (folder / name).symlink_to(program(variable))
    watcher.environment["PATH"] = f"{folder}:{watcher.environment['PATH']}"
    return watcher


def run_line(shell: Watcher, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return call("bash", "-o", "pipefail", "-ec", line, env=shell.environment | environment, cwd=shell.root)


def test_the_examples_of_runneriq_work(shell: Watcher) -> None:
    with shell, Simulator() as gitlab:
        at = {"GITLAB_URL": gitlab.url, "GITLAB_TOKEN": gitlab.token}
        for line in ManPage("runneriq.1").examples():
            if "man -l" in line:
                needs("man")
            done = run_line(shell, line, **at)
            # doctor may find something to mend where the test runs
            assert done.returncode == 0 or "doctor" in line and done.returncode == 1, (line, done)
            assert done.stdout


def test_the_examples_of_the_executor_work(shell: Watcher) -> None:
    with shell:
        for line in ManPage("runneriq-executor.1").examples():
            done = run_line(shell, line)
            finds = "--config-toml" not in line
            assert done.returncode == 0 or finds and done.returncode == 1, (line, done)
            assert "cgroup" in done.stdout if finds else "[runners.custom]" in done.stdout


def test_the_example_of_a_configuration_is_a_good_one(shell: Watcher) -> None:
    with shell:
        document, commands = ManPage("runneriq.yaml.5").examples()
        shell.configure(document)
        for line in commands.splitlines():
            done = run_line(shell, line)
            assert done.returncode == 0, done
        assert "linux-shared=4" in run_line(shell, "runneriq config show").stdout


def test_the_examples_of_the_simulator_work(shell: Watcher) -> None:
    page = ManPage("runneriq-gitlab-sim.1")
    (scenario,) = page.examples("SCENARIO")
    serve, ask = page.examples()
    with shell, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        taken.close()
        (shell.root / "scenario.yaml").write_text(scenario)
        line = f"exec {serve.strip()} --scenario scenario.yaml --time-factor 0".replace("8929", port)
        server = subprocess.Popen(["bash", "-ec", line], env=shell.environment, cwd=shell.root, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            wait_until(lambda: f"127.0.0.1:{port}" in server.stdout.readline(), 10)
            done = run_line(shell, ask.replace("8929", port))
        finally:
            server.terminate()
            server.wait(10)
    assert done.returncode == 0 and "unit" in done.stdout, done
