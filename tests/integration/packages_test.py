"""The .deb packages in a clean Debian 12: install, doctor, jobs, configuration, remove, purge, nothing left.
systemd is installed there but is not the first process: units are enabled, and nothing starts them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clean_root import CleanRoot
from installed_runner import EXECUTOR, run_job
from job_spec import JobSpec
from packaged_roots import apt_install, bare_layers, debs, furnished_layers, install, package_folder
from root_listing import differences, look
from tiny_deb import field

# What apt and dpkg keep for themselves, whatever was installed.
LEFT_BY_APT = ("/var/log/apt*", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/cache/apt/*", "/var/lib/apt/*",
               "/var/cache/ldconfig/aux-cache")
# The linker's cache is made anew by Debian's own libraries.
LEFT_BY_LIBRARIES = ("/etc/ld.so.cache",)
CONFIGURATION = "/etc/runneriq/runneriq.yaml"
OF_AN_ADMINISTRATOR = "runneriq: {executor: {slots: 3}}\n"

RootMaker = Callable[[tuple[Path, ...]], CleanRoot]


@pytest.fixture
def make_root() -> Iterator[RootMaker]:
    roots: list[CleanRoot] = []

    def make(layers: tuple[Path, ...]) -> CleanRoot:
        roots.append(CleanRoot(layers))
        return roots[-1]

    yield make
    for root in roots:
        root.close()


@pytest.fixture
def root(make_root: RootMaker) -> CleanRoot:
    """A host that has all that the packages need."""
    return make_root(furnished_layers())


def installed(root: CleanRoot) -> set[str]:
    told = root.run("dpkg-query", "--show", "--showformat", r"${db:Status-Abbrev}${Package}\n").check().out
    return {line.split()[1] for line in told.splitlines()}


def findings(root: CleanRoot, program: str, code: int) -> dict[str, str]:
    """doctor's lines: the check -> its whole line."""
    said = root.run(program, "doctor")
    assert said.code == code, said
    return {line.split(":")[0].split()[1]: line for line in said.out.splitlines() if re.match(r"\w+ +[\w.-]+:", line)}


def enabled_units(root: CleanRoot) -> set[str]:
    told = root.run("find", "/etc/systemd", "/var/lib/systemd", "-name", "*runneriq*").check().out
    return {Path(path).name for path in told.splitlines()}


def print_difference(title: str, lines: list[str]) -> None:
    print(f"--- {title}: {len(lines)} differences", *lines, sep="\n")


def test_from_the_least_debian_to_nothing_left(make_root: RootMaker) -> None:
    """Only the files and apt, without a network: all that is in the root at the end was there at the beginning."""
    root = make_root(bare_layers())
    root.run("useradd", "--system", "--create-home", "gitlab-runner").check()  # as gitlab-runner's package does
    before, packages_before = look(root), installed(root)

    apt_install(root, debs()["runneriq"], debs()["runneriq-executor"], options=("--no-install-recommends",))
    new = installed(root) - packages_before
    print("installed:", *sorted(new))
    assert {"runneriq", "runneriq-executor", "libcurl4"} <= new
    assert not {"git", "bubblewrap", "python3", "perl"} & new

    found = findings(root, EXECUTOR, 1)  # since git is only recommended
    assert [check for check, line in found.items() if line.startswith("FAILED")] == ["git"], found
    assert found["self-test"].startswith("ok")
    said = root.run("runneriq", "doctor")
    assert said.code == 1 and "GITLAB_TOKEN" in said.out, said
    assert root.run("runneriq", "--version").check().out == f"runneriq {field(debs()['runneriq'], 'Version')}\n"

    as_root = run_job(root, JobSpec(1, script=["id -un", "echo it=runs"]))
    assert as_root.status == "success", as_root
    assert "\ngitlab-runner\n" in as_root.log and "\nit=runs\n" in as_root.log
    assert root.path("/var/lib/runneriq-executor/host.db").exists()
    user = root.account("gitlab-runner")
    as_user = run_job(root, JobSpec(2, script=["id -un", "exit 7"]), user, "/home/gitlab-runner")
    assert (as_user.status, as_user.exit_code) == ("failed", 7), as_user
    assert "\ngitlab-runner\n" in as_user.log

    root.run("apt-get", "remove", "-y", "runneriq", "runneriq-executor").check()
    removed = differences(before, look(root), LEFT_BY_APT)
    print_difference("after remove", [line for line in removed if "runneriq" in line])
    assert root.path(CONFIGURATION).exists() and root.path("/var/lib/runneriq-executor/host.db").exists()
    assert not [line for line in removed if re.search(r"/usr/\S*runneriq", line)]

    root.run("apt-get", "purge", "-y", "runneriq", "runneriq-executor").check()
    root.run("apt-get", "autoremove", "--purge", "-y").check()
    root.run("rm", "-rf", "/home/gitlab-runner/.local").check()  # the state of another user's executor is that user's
    after = look(root)
    (package_folder().parent / "listing-after-purge.txt").write_text(f"{after}\n")
    left = differences(before, after, LEFT_BY_APT + LEFT_BY_LIBRARIES)
    print_difference("after purge", left)
    assert left == []
    assert installed(root) == packages_before
    everything = [line for line in [*str(after).splitlines(), *after.accounts] if not line.startswith(str(root.share))]
    print(f"{len(after.files)} files listed in listing-after-purge.txt beside the packages")
    assert not [line for line in everything if "runneriq" in line.lower()]
    assert not root.processes()


def test_with_what_they_recommend_doctor_is_content(root: CleanRoot) -> None:
    before = look(root)
    install(root, *debs().values())
    found = findings(root, EXECUTOR, 0)
    assert not [line for line in found.values() if line.startswith("FAILED")], found
    job = run_job(root, JobSpec(1, script=["echo it=runs"]))
    assert job.status == "success" and "\nit=runs\n" in job.log, job
    assert "driver RunnerIQ-bubblewrap" in job.log, job.log

    assert enabled_units(root) >= {"runneriq.service", "runneriq.socket", "runneriq-revert-expired.timer"}
    assert "runneriq-relay.service" not in enabled_units(root)

    root.run("dpkg", "--purge", "runneriq-demo", "runneriq", "runneriq-executor").check()
    left = differences(before, look(root), LEFT_BY_APT)
    assert left == []


def test_jobs_and_tokens_have_different_users(root: CleanRoot) -> None:
    root.run("useradd", "--system", "--create-home", "gitlab-runner").check()
    install(root, debs()["runneriq"], debs()["runneriq-executor"])
    scheduler, runner = root.account("runneriq"), root.account("gitlab-runner")
    root.path("/etc/runneriq/credentials/gitlab-token").write_text("not-a-token\n")
    root.run("install", "-d", "-o", "runneriq", "-m", "0700", "/var/lib/runneriq").check()  # as systemd makes it
    job = run_job(root, JobSpec(1, script=[
        "id -u", "cat /etc/runneriq/credentials/gitlab-token 2>/dev/null || echo no=token",
        "ls /var/lib/runneriq 2>/dev/null || echo no=state"]),
                  RUNNERIQ_EXECUTOR_DRIVER="shell")  # whose jobs see the host's files
    assert job.status == "success", job
    assert scheduler.uid not in (0, runner.uid) and f"\n{runner.uid}\n" in job.log
    assert "\nno=token\n" in job.log and "\nno=state\n" in job.log, job.log
    groups = root.run("id", "-nG", "gitlab-runner").check().out.split()
    assert groups == ["gitlab-runner"], groups


def test_the_executor_alone_needs_nothing(make_root: RootMaker) -> None:
    """Not even systemd, whose tools its scripts use where they are there."""
    root = make_root(bare_layers())
    for tool in ("systemd-tmpfiles", "systemd-sysusers"):
        root.path(f"/usr/bin/{tool}").unlink()
    before = look(root)
    install(root, debs()["runneriq-executor"])
    assert installed(root) >= {"runneriq-executor"} and "libcurl4" not in installed(root)
    listed = look(root).files
    assert listed["/var/lib/runneriq-executor"].startswith("d 711 root:root")
    assert not [path for path in listed if path.startswith("/etc/runneriq")]
    assert run_job(root, JobSpec(1, script=["true"])).status == "success"
    root.run("dpkg", "--purge", "runneriq-executor").check()
    assert differences(before, look(root), LEFT_BY_APT) == []


@pytest.mark.parametrize("first, second", [("runneriq", "runneriq-executor"), ("runneriq-executor", "runneriq")])
def test_one_of_both_is_purged_and_the_other_keeps_working(root: CleanRoot, first: str, second: str) -> None:
    before = look(root)
    install(root, debs()["runneriq"], debs()["runneriq-executor"])
    root.path(CONFIGURATION).write_text(OF_AN_ADMINISTRATOR)
    assert run_job(root, JobSpec(1, script=["true"])).status == "success"
    root.run("dpkg", "--purge", first).check()
    if second == "runneriq-executor":
        job = run_job(root, JobSpec(2, script=["true"]))
        assert job.status == "success", job
        assert root.path("/var/lib/runneriq-executor/host.db").exists()
        assert not root.path("/var/lib/runneriq").exists()
        assert root.path(CONFIGURATION).read_text() == OF_AN_ADMINISTRATOR
        assert [path.name for path in root.path("/etc/runneriq").iterdir()] == ["runneriq.yaml"]
    else:
        assert root.path(CONFIGURATION).read_text() == OF_AN_ADMINISTRATOR
        assert root.path("/etc/runneriq/credentials").is_dir()
        assert root.run("runneriq", "config", "check").code == 0
        assert not root.path("/var/lib/runneriq-executor").exists()
    root.run("dpkg", "--purge", second).check()
    assert differences(before, look(root), LEFT_BY_APT) == []


def test_the_executors_configuration_is_neither_asked_about_nor_changed(root: CleanRoot) -> None:
    install(root, debs()["runneriq-executor"])
    root.run("install", "-d", "/etc/runneriq").check()
    root.path(CONFIGURATION).write_text(OF_AN_ADMINISTRATOR)
    install(root, debs()["runneriq"])
    assert root.path(CONFIGURATION).read_text() == OF_AN_ADMINISTRATOR
    assert root.path("/etc/runneriq/environment").exists()


def test_what_the_package_has_copied_and_nobody_has_filled_in_goes_with_it(root: CleanRoot) -> None:
    install(root, debs()["runneriq-executor"])
    before = look(root)
    install(root, debs()["runneriq"])
    assert root.path(CONFIGURATION).read_text() == root.path("/usr/share/runneriq/runneriq.yaml").read_text()
    root.run("dpkg", "--purge", "runneriq").check()
    assert differences(before, look(root), LEFT_BY_APT) == []


def test_installing_again_changes_nothing(root: CleanRoot) -> None:
    install(root, *debs().values())
    root.path(CONFIGURATION).write_text(OF_AN_ADMINISTRATOR)
    root.path("/etc/runneriq/credentials/gitlab-token").write_text("not-a-token\n")
    assert run_job(root, JobSpec(1, script=["true"])).status == "success"
    before = look(root)
    install(root, *debs().values())
    assert differences(before, look(root), LEFT_BY_APT) == []


def test_removed_and_installed_again_an_admins_choices_stay(root: CleanRoot) -> None:
    install(root, debs()["runneriq"])
    root.path(CONFIGURATION).write_text(OF_AN_ADMINISTRATOR)
    root.path("/etc/runneriq/credentials/gitlab-token").write_text("not-a-token\n")
    root.run("systemctl", "disable", "runneriq-revert-expired.timer").check()
    uid = root.account("runneriq").uid
    root.run("dpkg", "--remove", "runneriq").check()
    assert root.path(CONFIGURATION).exists() and root.path("/etc/runneriq/credentials/gitlab-token").exists()
    install(root, debs()["runneriq"])
    assert root.path(CONFIGURATION).read_text() == OF_AN_ADMINISTRATOR
    assert root.account("runneriq").uid == uid
    for unit, state in (("runneriq.service", "enabled"), ("runneriq-revert-expired.timer", "disabled")):
        assert root.run("systemctl", "is-enabled", unit).out == f"{state}\n"


def test_a_relay_comes_back_with_its_package_and_goes_with_it(root: CleanRoot) -> None:
    """A person enables it, so the package only takes back what its removal has masked."""
    before = look(root)
    install(root, debs()["runneriq"])
    root.run("systemctl", "enable", "runneriq-relay.service").check()
    root.run("dpkg", "--remove", "runneriq").check()
    install(root, debs()["runneriq"])
    assert root.run("systemctl", "is-enabled", "runneriq-relay.service").out == "enabled\n"
    root.run("dpkg", "--purge", "runneriq").check()
    assert differences(before, look(root), LEFT_BY_APT) == []


@pytest.mark.parametrize("package", ["runneriq", "runneriq-executor"])
def test_a_purge_does_not_fail_where_the_state_is_a_mount(root: CleanRoot, package: str) -> None:
    install(root, debs()[package])
    folder = f"/var/lib/{package}"
    root.run("mkdir", "-p", folder).check()
    root.run("mount", "-t", "tmpfs", "none", folder).check()
    said = root.run("dpkg", "--purge", package).check()
    assert f"not all of {folder} was removed" in said.err, said
    assert package not in installed(root) and not root.path("/etc/runneriq").exists()
    # Its number is not given to somebody else while files of it may be left.
    assert (root.run("getent", "passwd", "runneriq").code == 0) == (package == "runneriq")


def test_a_runner_account_that_usermod_does_not_know_is_no_failure(root: CleanRoot) -> None:
    """As that of a directory service: getent finds it, /etc/passwd does not have it."""
    root.run("useradd", "--system", "gitlab-runner").check()
    drop_in = root.path("/etc/systemd/system/gitlab-runner.service.d/user.conf")
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text("[Service]\nUser=gitlab-runner\n")
    root.run("mv", "/usr/sbin/usermod", "/usr/sbin/usermod.real").check()
    root.run("install", "-m", "0755", "/dev/stdin", "/usr/sbin/usermod", stdin="#!/bin/sh\nexit 6\n").check()
    said = root.run("dpkg", "--install", str(root.hand_over(debs()["runneriq"]))).check()
    assert "gitlab-runner is not in the group runneriq-clients" in said.err, said


@pytest.mark.parametrize("spoil, word", [
    ("chmod 0640 $F", "chmod 600"), ("chown nobody $F", "chown root"),
    ("mv $F /var/tmp/token && ln -s /var/tmp/token $F", "symbolic link"),
    ("rm $F && mkdir -m 0700 $F", "regular file")])
def test_root_takes_no_secret_that_others_could_have_read_or_written(root: CleanRoot, spoil: str,
                                                                     word: str) -> None:
    install(root, debs()["runneriq"])
    path = "/etc/runneriq/credentials/gitlab-token"
    root.run("install", "-m", "0600", "/dev/stdin", path, stdin="glpat-of-a-test\n").check()
    look_once = ("runneriq", "run", "--once")
    url = {"GITLAB_URL": "http://127.0.0.1:9"}
    assert root.run(*look_once, **url).code == 3  # it has a token, and nobody answers
    root.run("sh", "-c", f"F={path}; {spoil}").check()
    refused = root.run(*look_once, **url)
    assert refused.code == 2 and path in refused.err and word in refused.err, refused
    assert "glpat-of-a-test" not in refused.out + refused.err
