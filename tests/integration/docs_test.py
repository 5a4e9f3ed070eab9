"""The pages say nothing that is not there: links, anchors, commands, flags, options, variables, metrics, files;
and the pages for the night name every line that the executor can print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

import program_names as names
from markdown_pages import Page, pages_below, target_of

PAGES = pages_below(REPOSITORY)
READ_FROM = REPOSITORY / "README.md"
OPTIONS = names.options_in((REPOSITORY / "docs" / "options.md").read_text(encoding="utf-8"))
NIGHT = REPOSITORY / "docs" / "troubleshooting.md"
SOURCES = [path for folder in ("alerting", "apps", "advisor", "carbon", "cli", "config", "core", "diagnosis", "executor",
                               "gitlab", "platform", "scheduler", "service")
           for path in sorted((REPOSITORY / folder).rglob("*.[ch]pp"))]


def name_of(page: Page) -> str:
    return str(page.path.relative_to(REPOSITORY))


def code_of(page: Page) -> list[str]:
    return [*page.spans, *(block.text for block in page.blocks if block.language in ("", "sh", "bash", "console"))]


# ---- links --------------------------------------------------------------------------------


def test_links_and_anchors_lead_somewhere() -> None:
    wrong = []
    for page in PAGES:
        for link in page.links:
            path, anchor = target_of(page, link)
            if not path.exists():
                wrong.append(f"{name_of(page)}: {link}: no such file")
            elif anchor and path.suffix == ".md" and anchor not in Page(path).anchors:
                wrong.append(f"{name_of(page)}: {link}: no such heading")
    assert not wrong, "\n".join(wrong)


def test_every_page_is_reached_from_the_readme() -> None:
    reached, to_read = {READ_FROM}, [READ_FROM]
    while to_read:
        page = Page(to_read.pop())
        for link in page.links:
            path, _ = target_of(page, link)
            if path.suffix == ".md" and path.exists() and path not in reached:
                reached.add(path)
                to_read.append(path)
    lonely = [name_of(page) for page in PAGES if page.path.resolve() not in reached]
    assert not lonely, lonely


# ---- names --------------------------------------------------------------------------------


def programs() -> list[names.Program]:
    return [names.runneriq(os.environ["RUNNERIQ"]),
            names.with_one_help("runneriq-executor", os.environ["RUNNERIQ_EXECUTOR"],
                                ("config", "prepare", "run", "cleanup", "doctor")),
            names.with_one_help("runneriq-gitlab-sim", os.environ["RUNNERIQ_GITLAB_SIM"])]


def test_commands_and_flags_are_known() -> None:
    wrong, calls = [], 0
    for program in programs():
        for page in PAGES:
            for call in [call for code in code_of(page) for call in names.calls_in(code, program.name)]:
                calls += 1
                trouble = program.wrong_in(call)
                if trouble:
                    wrong.append(f"{name_of(page)}: {trouble}: {call}")
    assert calls > 200
    assert not wrong, "\n".join(wrong)


def test_commands_of_dev_are_known() -> None:
    usage = subprocess.run([str(REPOSITORY / "dev"), "help"], capture_output=True, text=True, timeout=30, check=True).stdout
    known = set(re.findall(r"^  ([a-z]+)\b", usage, re.MULTILINE)) | {"help"}
    wrong = [f"{name_of(page)}: ./dev {call}" for page in PAGES for code in code_of(page)
             for call in names.calls_in(code, "./dev") if re.match("[a-z]", call) and call.split()[0] not in known]
    assert not wrong, wrong


# Names with a dot that begin like an option and are none.
FILES_AND_HOSTS = re.compile(r"\.(?:db|yml|yaml|cpp|hpp|md|toml|service|socket|timer|com|json|jsonl|log|py)\b")


def names_of_findings() -> list[str]:
    """Of `runneriq doctor`, such as carbon.zone. with a zone behind it."""
    return [text for path in sorted((REPOSITORY / "cli").glob("*doctor.cpp")) for text in names.literals_of(path)
            if re.fullmatch(r"[a-z]+\.[a-z.-]+", text)]


def test_options_are_known() -> None:
    first = {option.split(".")[0] for option in OPTIONS}
    findings = names_of_findings()
    wrong, seen = [], 0
    for page in PAGES:
        for span in page.spans:
            name = re.match(r"[a-z_]+(?:\.[a-z_<>*]+)+", span)
            if not name or name[0].split(".")[0] not in first or FILES_AND_HOSTS.search(span):
                continue
            seen += 1
            finding = any(span.rstrip("…").startswith(one) for one in findings)
            if not finding and not names.matches_option(name[0].rstrip("."), OPTIONS):
                wrong.append(f"{name_of(page)}: {span}")
    assert seen > 100
    assert not wrong, "\n".join(wrong)


def configurations() -> list[tuple[str, str]]:
    return [(name_of(page), block.text) for page in PAGES for block in page.blocks
            if block.language == "yaml" and block.text.startswith("runneriq:")]


@pytest.mark.parametrize(("page", "text"), configurations(), ids=lambda text: text.split("\n")[0])
def test_configurations_are_right(page: str, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        checked = subprocess.run([os.environ["RUNNERIQ"], "config", "check", "--config", file.name],
                                 capture_output=True, text=True, timeout=10, env={"HOME": os.environ.get("HOME", "/")})
    assert checked.returncode == 0, f"{page}: {checked.stdout}{checked.stderr}"


def test_variables_are_known() -> None:
    own = {"RUNNERIQ_" + option.upper().replace(".", "_") for option in OPTIONS}
    read = {found for path in (*SOURCES, *REPOSITORY.glob("tests/**/*.[cp]*"), *REPOSITORY.glob("packaging/units/*"),
                               *REPOSITORY.glob("packaging/etc/*"), *REPOSITORY.glob("**/*.cmake"))
            if path.is_file() and "build" not in path.parts
            for found in re.findall(r"RUNNERIQ_[A-Z_]+", path.read_text(encoding="utf-8", errors="replace"))}
    wrong = [f"{name_of(page)}: {name}" for page in PAGES for name in set(re.findall(r"\bRUNNERIQ_[A-Z_]+", page.text))
             if name not in own | read and not any(known.startswith(name) for known in own | read)
             and not any(known.endswith("_") and name.startswith(known) and known != "RUNNERIQ_" for known in read)]
    assert not wrong, "\n".join(wrong)


def test_metrics_are_known() -> None:
    made = {text for path in SOURCES for text in names.literals_of(path) if text.startswith("runneriq_")}
    wrong = [f"{name_of(page)}: {span}" for page in PAGES for span in page.spans
             if re.fullmatch(r"runneriq_[a-z_]+(\{.*\})?", span) and span.partition("{")[0] not in made]
    assert made
    assert not wrong, wrong


def test_files_of_the_project_are_there() -> None:
    folders = {path.name for path in REPOSITORY.iterdir() if path.is_dir()} - {"build"}
    wrong = []
    for page in PAGES:
        for span in page.spans:
            path = re.fullmatch(r"([a-z_.]+)/[\w./-]+\.(?:cpp|hpp|py|md|txt|cmake|yaml|sh)", span)
            if path and path[1] in folders and not (REPOSITORY / span).exists():
                wrong.append(f"{name_of(page)}: {span}")
    assert not wrong, "\n".join(wrong)


# ---- the night ----------------------------------------------------------------------------


# Files of the executor that print for people who call doctor, not into a job's log; their texts come with remedies.
FOR_DOCTOR = re.compile(r"executor/(?:doctor|finding|remedy|host_facts|options|config_toml|toml/)")
SPEAK_IN_JOB_LOGS = [REPOSITORY / name for name in (
    "apps/executor/host.cpp", "scheduler/admission.cpp", "scheduler/analyzer.cpp", "platform/accounts.cpp",
    "platform/cgroup.cpp", "platform/child_process.cpp", "platform/file_lock.cpp", "platform/files.cpp",
    "platform/memory_file.cpp", "platform/process_table.cpp", "platform/sqlite.cpp", "platform/state_file.cpp",
    "platform/unix_http.cpp")]
NEVER_PRINTED = {
    "trap '' HUP INT TERM; while :; do sleep 2147483647 & wait; done": "what a container does while nothing runs in it",
    "command -v bash >/dev/null 2>&1 && exec bash; exec sh": "for the shell in a container",
    "kill -TERM -1 || :": "for the shell in a container",
    "kill -KILL -1 || :": "for the shell in a container",
    "set -- /proc/[0-9]*; echo $#": "for the shell in a container",
    "set -- /proc/[0-9]*; [ $# -le": "for the shell in a container",
    "podman {{.Version.Version}}, rootless: {{.Host.Security.Rootless}}": "a format for podman",
    "Operation not permitted": "looked for in bubblewrap's words",
    "Permission denied": "looked for in bubblewrap's words",
    "No permissions": "looked for in bubblewrap's words",
    "a sandbox can be made here": "told by doctor alone",
    "runs without a slot:": "of describe() for one who is not held, whom the job log tells in its own words",
    "BEGIN IMMEDIATE": "for SQLite",
    "HTTP/1.1\\r\\nHost: localhost\\r\\n": "for the service",
    "Content-Type: application/json\\r\\nContent-Length:": "for the service",
    "PRAGMA synchronous = FULL": "for SQLite",
    "PRAGMA wal_autocheckpoint = 128": "for SQLite",
}


def as_read(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def words_for_job_logs() -> dict[str, str]:
    """Each literal of two words or more, without blanks around it, with its file."""
    files = [path for path in sorted((REPOSITORY / "executor").rglob("*.cpp"))
             if not FOR_DOCTOR.match(str(path.relative_to(REPOSITORY)))]
    return {as_read(text): path.name for path in (*files, *SPEAK_IN_JOB_LOGS) for text in names.literals_of(path)
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= 2 and " " in text.strip()}


def test_every_line_of_the_executor_has_its_meaning() -> None:
    page = as_read(NIGHT.read_text(encoding="utf-8"))
    words = words_for_job_logs()
    assert len(words) > 80
    missing = [f"{file}: {text}" for text, file in words.items() if text not in page and text not in NEVER_PRINTED]
    assert not missing, "not in docs/troubleshooting.md:\n" + "\n".join(missing)
    assert not NEVER_PRINTED.keys() - words.keys(), "no longer in the code"


def test_every_warning_in_the_log_has_its_meaning() -> None:
    spans = set(Page(NIGHT).spans)
    told = {found for path in SOURCES
            for found in re.findall(r'LogLevel::(?:warning|error)[^";{}]{0,80}"([a-z_]+)"', path.read_text(encoding="utf-8"))}
    assert len(told) > 30
    assert not told - spans, f"not in docs/troubleshooting.md: {sorted(told - spans)}"


def test_every_finding_of_doctor_has_its_place() -> None:
    spans = {span.rstrip("…") for span in Page(NIGHT).spans}
    of_executor = {found for name in ("doctor.cpp", "doctor_runner.cpp")
                   for found in re.findall(r'(?:ok|skipped|warn|failed|folder)\("([a-z_-]+)"|\{"([\w.-]+)", (?:FindingStatus|&)',
                                           (REPOSITORY / "executor" / name).read_text(encoding="utf-8"))}
    findings = set(names_of_findings()) | {a or b for a, b in of_executor}
    assert len(findings) > 30
    keys_of_entry = {"directories", "request_concurrency", "output_limit", "strict_check_interval"}  # named as keys are
    missing = sorted(findings - spans - keys_of_entry)
    assert not missing, f"not in docs/troubleshooting.md: {missing}"
