"""What a job can see and reach. With bubblewrap it is kept to itself; with shell the same checks
show the leak, which is why that driver is for trusted jobs only."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import JobResult, RunningJob
from host import Host
from job_spec import JobSpec

STATUS = "grep -E '^(Cap|NoNewPrivs|Uid|Groups)' /proc/self/status"


@pytest.fixture
def host(make_host: HostMaker, driver: str, identity: str) -> Host:
    return make_host(driver, identity)


def probe(host: Host, *script: str) -> JobResult:
    result = host.runner().run(JobSpec(1, script=list(script)))
    assert result.status == "success", result.log
    return result


def output_of(result: JobResult) -> str:
    """The output of the step without the echoed commands."""
    return "\n".join(line for line in result.stage("build_script").text.splitlines()
                     if not line.startswith("\033[32;1m$"))


def test_a_job_has_no_capabilities_and_gains_no_privileges(host: Host) -> None:
    text = output_of(probe(host, STATUS))
    assert re.search(r"^CapEff:\s+0+$", text, re.MULTILINE), text
    assert re.search(r"^CapPrm:\s+0+$", text, re.MULTILINE), text
    assert re.search(r"^CapAmb:\s+0+$", text, re.MULTILINE), text
    if host.driver == "bubblewrap":
        assert re.search(r"^CapBnd:\s+0+$", text, re.MULTILINE), text
        assert re.search(r"^NoNewPrivs:\s+1$", text, re.MULTILINE), text


def test_a_job_is_never_root(host: Host) -> None:
    text = output_of(probe(host, "id -u", STATUS))
    assert text.splitlines()[0] != "0"
    assert not re.search(r"^Uid:.*\b0\b", text, re.MULTILINE), text
    groups = re.search(r"^Groups:(.*)$", text, re.MULTILINE)
    assert groups is not None and "0" not in groups[1].split(), text


@pytest.mark.skipif(os.geteuid() != 0, reason="not started as root")
def test_the_job_runs_as_the_account_that_run_as_names(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver, "root")
    host.options["RUN_AS"] = "65534"
    assert output_of(probe(host, "id -u; id -g")).split() == ["65534", "65534"]


@pytest.mark.skipif(os.geteuid() != 0, reason="not started as root")
def test_without_run_as_root_picks_an_account_that_is_not_root(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver, "root")
    del host.options["RUN_AS"]
    assert output_of(probe(host, "id -u")).split() != ["0"]


@pytest.mark.skipif(os.geteuid() != 0, reason="not started as root")
def test_root_needs_allow_root(make_host: HostMaker, driver: str) -> None:
    """Without it the job is refused or runs as somebody else, but never as root."""
    host = make_host(driver, "root")
    host.options["RUN_AS"] = "root"
    result = host.runner().run(JobSpec(1, script=["id -u"]))
    ran = [record for record in result.stages if record.stage == "run"]
    assert all("\n0\n" not in f"\n{record.text}" for record in ran), result.log
    assert any("RunnerIQ:" in line and "allow_root" in line for line in result.log.splitlines()), result.log


def test_shadow_is_unreadable(host: Host) -> None:
    text = output_of(probe(host, "cat /etc/shadow 2>&1 && echo READ || echo refused"))
    assert "refused" in text and "READ" not in text


def test_the_system_is_read_only(host: Host) -> None:
    script = ("for d in /usr /etc /usr/bin / /var/lib; do "
              "touch $d/canary-of-a-job 2>/dev/null && echo WROTE $d; done; true")
    assert "WROTE" not in output_of(probe(host, script))


def test_a_job_can_write_its_builds_home_and_tmp(host: Host) -> None:
    output_of(probe(host, "touch here", 'touch "$HOME/there"', "touch /tmp/elsewhere-$$; rm /tmp/elsewhere-$$",
                    'd=$(mktemp -d); touch "$d/x"; rm -r "$d"'))


def sees(condition: str, host: Host) -> bool:
    """Whether a shell condition holds inside a job."""
    text = output_of(probe(host, f"if {condition}; then echo answer yes; else echo answer no; fi"))
    return "answer yes" in text


def leaks(host: Host) -> bool:
    """The driver for which the check shows the leak."""
    return host.driver == "shell"


def test_other_processes_are_invisible(host: Host) -> None:
    assert sees(f"[ -e /proc/{os.getpid()} ] && tr '\\0' '\\n' < /proc/{os.getpid()}/cmdline | grep -q pytest",
                host) == leaks(host)
    assert sees("[ $(ls -d /proc/[0-9]* | wc -l) -gt 25 ]", host) == leaks(host) or leaks(host)


def test_tmp_is_private(host: Host) -> None:
    canary = Path(f"/tmp/{host.root.name}.canary")
    canary.write_text("canary")
    canary.chmod(0o644)
    host.undo_at_end(canary.unlink)
    assert sees(f"cat {canary} 2>/dev/null", host) == leaks(host)


def test_files_of_the_host_outside_the_system_are_invisible(host: Host) -> None:
    canary = host.make_directory("elsewhere") / "canary"
    canary.write_text("canary")
    canary.chmod(0o644)
    assert sees(f"cat {canary} 2>/dev/null", host) == leaks(host)


def test_the_state_file_cannot_be_opened(host: Host) -> None:
    assert host.runner().run(JobSpec(5)).status == "success"
    reached = sees(f"head -c 1 {host.state} > /dev/null 2>&1", host)
    # With shell only the user is a barrier: a job of the executor's own user gets through.
    assert reached == (leaks(host) and (host.account is not None or os.geteuid() != 0))
    assert sees(f"[ -e {host.state.parent} ]", host) == leaks(host)


def test_a_job_that_writes_the_state_file_does_no_harm(host: Host) -> None:
    assert host.runner().run(JobSpec(5)).status == "success"
    before = host.state.read_bytes()[:100]
    probe(host, f"echo rubbish > {host.state} || true; rm -f {host.state} || true")
    if not leaks(host) or host.account is None:
        assert host.state.read_bytes()[:16] == before[:16]
    assert host.runner().run(JobSpec(6)).status == "success"


@contextmanager
def unix_socket(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o777)
        server.listen()
        yield


def test_sockets_are_invisible(host: Host) -> None:
    path = host.state.parent / "s.sock"
    host.environment["RUNNERIQ_SOCKET"] = str(path)
    with unix_socket(path):
        assert sees(f"[ -S {path} ]", host) == leaks(host)


def test_the_attempt_and_its_job_response_are_unreachable(host: Host) -> None:
    runner = host.runner()
    result = runner.run(JobSpec(1, script=[
        f"if ls {host.root}/runner-tmp/*/ > /dev/null 2>&1; then echo answer yes; else echo answer no; fi"]))
    reached = "answer yes" in output_of(result)
    assert reached == (leaks(host) and (host.account is not None or os.geteuid() != 0)), result.log


def search_for_each_other(marker: str) -> list[str]:
    """Two jobs leave a canary in each of their places, wait for one another, and look around."""
    look = f"grep -rlsa canary-of-$OTHER /tmp ~ $HOME/.. $CI_PROJECT_DIR/../../../.. {marker} 2>/dev/null || true"
    return ['for d in "$CI_PROJECT_DIR" "$HOME" /tmp; do echo "canary-of-$ME" > "$d/the-canary-$ME"; done',
            "echo ready", "until [ -e go ]; do sleep 0.02; done",
            "echo begin", look, f"ls -d /tmp/the-canary-$OTHER {marker}/*/*/*/*/the-canary-$OTHER 2>/dev/null || true",
            "echo end"]


def found_by(result: JobResult) -> list[str]:
    text = output_of(result)
    return text[text.index("\nbegin") + 6:text.index("\nend")].split()


@pytest.mark.parametrize("same_project", [True, False], ids=["same_project", "other_project"])
def test_two_jobs_do_not_find_each_others_canary(host: Host, same_project: bool) -> None:
    runner = host.runner()
    jobs: list[RunningJob] = []
    for me, other in ((1, 2), (2, 1)):
        jobs.append(runner.start(JobSpec(
            me, script=search_for_each_other(str(host.root)), variables=[("ME", str(me)), ("OTHER", str(other))],
            project_id=7 if same_project else 6 + me, project_path="demo/a" if same_project else f"demo/p{me}")))
    for job in jobs:
        job.wait_for_log("^ready")
    for job in jobs:
        (job.project_dir() / "go").touch()
    results = [job.wait() for job in jobs]
    for name in ("1", "2"):
        Path(f"/tmp/the-canary-{name}").unlink(missing_ok=True)
    for result in results:
        assert result.status == "success", result.log
        assert bool(found_by(result)) == leaks(host), found_by(result)


def test_home_and_tmp_do_not_outlive_the_job(host: Host) -> None:
    probe(host, "echo left > ~/left-behind; echo left > /tmp/left-by-$CI_JOB_ID; echo $HOME")
    tmp_left = Path("/tmp/left-by-1").exists()
    Path("/tmp/left-by-1").unlink(missing_ok=True)
    assert tmp_left == leaks(host)
    assert "left" not in output_of(probe(host, "cat ~/left-behind 2>/dev/null || true"))


def test_the_environment_of_the_runner_stays_outside(host: Host) -> None:
    secrets = {"AWS_SECRET_ACCESS_KEY": "secret-1", "GITLAB_TOKEN": "secret-2", "BASH_FUNC_ls%%": "() { echo evil; }"}
    host.environment |= secrets
    text = output_of(probe(host, "env", "cat /proc/self/environ | tr '\\0' '\\n'"))
    for name in (*secrets, "RUNNERIQ_STATE", "JOB_RESPONSE_FILE", "CUSTOM_ENV_"):
        assert name not in text, text
    assert "job-token-1" not in text


def test_chosen_variables_of_the_runner_are_passed_on(host: Host) -> None:
    host.environment |= {"HTTP_PROXY_OF_SITE": "http://proxy", "OTHER_OF_SITE": "no"}
    host.options["PASS_ENVIRONMENT"] = "HTTP_PROXY_OF_SITE"
    text = output_of(probe(host, "env"))
    assert "HTTP_PROXY_OF_SITE=http://proxy" in text and "OTHER_OF_SITE" not in text


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    server.accept()[0].close()
                except OSError:
                    return
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        stop.set()
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("network", ["on", "off"])
def test_network_off_is_for_step_and_after_scripts_only(make_host: HostMaker, identity: str, network: str) -> None:
    host = make_host("bubblewrap", identity)
    host.options["BUBBLEWRAP_NETWORK"] = network
    with listening() as port:
        line = f"if (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null; then echo reached yes; else echo reached no; fi"
        result = host.runner().run(JobSpec(1, script=[line], after_script=[line], prelude={
            "get_sources": [line], "prepare_script": [line]}))
    assert result.status == "success", result.log
    reached = {name: "\nreached yes" in f"\n{result.stage(name).text}"
               for name in ("prepare_script", "get_sources", "build_script", "after_script")}
    assert reached["get_sources"]
    assert reached["build_script"] == reached["after_script"] == (network == "on")


def test_namespaces_are_the_jobs_own(host: Host) -> None:
    names = ("pid", "mnt", "ipc", "uts", "user")
    text = output_of(probe(host, *(f"echo {name}=$(readlink /proc/self/ns/{name})" for name in names)))
    for name in names:
        inside = re.search(rf"^{name}=(.*)$", text, re.MULTILINE)
        assert inside is not None
        assert (inside[1] == os.readlink(f"/proc/self/ns/{name}")) == leaks(host), name


def test_a_job_cannot_end_the_executor(host: Host) -> None:
    """Killing everything that it may kill ends the job's own stage at most."""
    if leaks(host) or host.account is not None:
        pytest.skip("the same user without a PID namespace: it would kill the test's own processes")
    result = host.runner().run(JobSpec(1, script=["kill -9 -1 || true", "sleep 0.1"]))
    assert result.stages[-1].end.exit_code == 0
    assert result.failure_reason in ("", "script_failure"), result.log


def test_a_set_uid_program_gives_nothing(host: Host) -> None:
    """no_new_privs: su, mount and the like stay what the job is."""
    if leaks(host):
        pytest.skip("shell sets no sandbox around set-uid programs")
    text = output_of(probe(host, "su -c id </dev/null 2>&1 || echo refused"))
    assert "refused" in text


@pytest.mark.parametrize("place", ["/var/tmp", "/tmp", "/srv", "/opt"])
def test_builds_may_lie_anywhere_on_the_host(executor: Path, driver: str, place: str) -> None:
    """A sandbox that hides a folder must still show what of it belongs to the job."""
    if not os.access(place, os.W_OK):
        pytest.skip(f"{place} is not writable here")
    host = Host(executor, driver, "root" if os.geteuid() == 0 else "user", place=Path(place))
    try:
        probe(host, "echo x > here", "cat here", "echo y > /tmp/t && cat /tmp/t", "echo z > ~/h && cat ~/h",
              "echo v > /var/tmp/v-$CI_JOB_ID && rm /var/tmp/v-$CI_JOB_ID")
        assert (host.builds / "7/0/demo/widgets/here").read_text() == "x\n"
    finally:
        host.close()
        Path("/tmp/t").unlink(missing_ok=True)


@pytest.mark.parametrize("place", ["/var/tmp", "/tmp", "/srv"])
def test_read_only_paths_may_lie_anywhere_on_the_host(executor: Path, place: str) -> None:
    if not os.access(place, os.W_OK):
        pytest.skip(f"{place} is not writable here")
    host = Host(executor, "bubblewrap", "root" if os.geteuid() == 0 else "user", place=Path(place))
    try:
        shown = host.make_directory("shown", 0o777)
        (shown / "file").write_text("from the host\n")
        host.options["BUBBLEWRAP_READ_ONLY_PATHS"] = str(shown)
        text = output_of(probe(host, f"cat {shown}/file || true", f"touch {shown}/new 2>/dev/null && echo WROTE || true"))
        assert "from the host" in text and "WROTE" not in text
    finally:
        host.close()
