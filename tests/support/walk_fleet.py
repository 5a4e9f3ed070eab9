"""What the walk finds at https://gitlab.example.com: projects, runners, jobs and people, always the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from fleet import Simulator
from walk_scene import ADMIN, HOME, Machine

DOCKER = ["docker"]
CI_CONFIG = """\
stages: [build, test, deploy]

build:
  stage: build
  tags: [docker]
  script: make

unit:
  stage: test
  tags: [docker]
  script: make check

deploy production:
  stage: deploy
  tags: [docker]
  script: ./deploy production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""
FAILED_LOG = """\
$ make check
PASS cart_test
FAIL total_test
tests/total_test.py:41: AssertionError: expected 1999, got 1990
1 failed, 1 passed in 3.20s
make: *** [Makefile:7: check] Error 1
ERROR: Job failed: exit code 1
"""


def job(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "tags": DOCKER, **keys}


def running(name: str, runner: str, **keys: Any) -> dict[str, Any]:
    return job(name, state="running", runner=runner, takes="20m", ran="8m", **keys)


def fleet() -> dict[str, Any]:
    return {
        "users": ["ann", "ben", "runneriq-bot"],
        "runners": [{"description": f"docker-{number - 6}", "id": number, "type": "group_type", "groups": ["acme"],
                     "tags": DOCKER, "slots": 1} for number in (7, 8, 9)],
        "projects": [
            {"path": "acme/shop", "id": 42, "members": {"ann": 40, "ben": 30, "runneriq-bot": 40},
             "ci_config": CI_CONFIG},
            {"path": "acme/payments", "id": 43, "members": {"ann": 40, "ben": 30, "runneriq-bot": 40}},
        ],
        "merge_requests": [{"project": "acme/shop", "iid": 7, "source_branch": "feature/total", "title": "Round totals"}],
        "pipelines": [
            {"project": "acme/shop", "user": "ben", "ref": "feature/search", "jobs": [
                running("unit", "docker-1", id=4690), running("lint", "docker-2", id=4691),
                job("e2e", id=4695, waited="6m", takes="12m"), job("lint docs", id=4696, waited="6m", takes="2m")]},
            {"project": "acme/payments", "user": "ben", "ref": "develop", "jobs": [
                running("build", "docker-3", id=4692, stage="build"), job("unit", id=4697, waited="4m")]},
            {"project": "acme/shop", "user": "ben", "ref": "feature/total", "merge_request": 7, "sha": "bbb", "jobs": [
                job("unit", id=4700, state="failed", runner="docker-1", ran="2m", ended="10m",
                    failure_reason="script_failure", trace=FAILED_LOG)]},
            {"project": "acme/shop", "user": "ann", "ref": "main", "jobs": [
                job("deploy production", id=4711, stage="deploy", waited="20s", takes="4m")]},
        ],
    }


PLACES = ("gitlab.example.com", "gitlab2.example.com", "runneriq.example.com")
CHECKOUT = HOME / "shop"
REPOSITORY = "/srv/git/shop.git"
LANES = "runneriq:"  # in .gitlab-ci.yml: jobs name their lanes
# As its package has it, and the executor that was there before.
RUNNER_UNIT = """\
[Unit]
Description=GitLab Runner

[Service]
ExecStart=/usr/bin/gitlab-runner run --config /etc/gitlab-runner/config.toml --working-directory /home/gitlab-runner

[Install]
WantedBy=multi-user.target
"""
RUNNER_CONFIG = """\
concurrent = 2

[[runners]]
  name = "ci-host-1"
  url = "https://gitlab.example.com"
  token = "glrt-of-this-host"
  executor = "shell"
"""
RUNNER = '#!/bin/sh\n[ "$1" != run ] || exec sleep infinity\n'
PUSH_HOOK = """\
#!/bin/sh
while read -r _ new _; do
  [ "$GIT_PUSH_OPTION_0" != merge_request.create ] || git update-ref refs/heads/main "$new"
done
cd /srv/git
plan=plain
git -C {repository} show HEAD:.gitlab-ci.yml | grep -q {lanes} && plan=lanes
exec curl --silent --show-error --fail --output /dev/null --json @$plan.json "$(cat address)/sim/pipelines"
"""


def trust_authority(place: Path, certificate: Path) -> None:
    """From now on this process and its children find all PLACES on loopback and believe their certificate."""
    for file, more in (("/etc/hosts", f"127.0.0.1 {' '.join(PLACES)}\n"),
                       ("/etc/ssl/certs/ca-certificates.crt", certificate.read_text())):
        copy = place / Path(file).name
        copy.write_text(Path(file).read_text() + more)
        subprocess.run(["mount", "--bind", str(copy), file], check=True, timeout=10)


def furnish(machine: Machine, certificate: Path, key: Path) -> None:
    """A runner host of Debian 12 with its administrator, who trusts the authority of all PLACES."""
    for left in ("/etc/runneriq", "/var/lib/runneriq", "/var/lib/runneriq-executor",
                 "/var/lib/apt/lists",  # what could be had from elsewhere is out of reach, and slow to read
                 "/var/lib/man-db/auto-update"):  # an index of all manual pages takes seconds
        place = machine.path(left)
        place.unlink() if place.is_file() else shutil.rmtree(place, ignore_errors=True)
    machine.write("/etc/hosts", f"127.0.0.1 localhost ci-host-1 {' '.join(PLACES)}\n")
    authorities = machine.path("/etc/ssl/certs/ca-certificates.crt")
    authorities.write_text(authorities.read_text() + certificate.read_text())
    for name, file in (("fullchain", certificate), ("privkey", key)):
        machine.write(f"/etc/letsencrypt/live/runneriq.example.com/{name}.pem", file.read_text(), 0o600)
    machine.do("useradd", "--create-home", "--shell", "/bin/bash", ADMIN)
    machine.write("/etc/sudoers.d/walk", f"{ADMIN} ALL=(ALL) NOPASSWD:ALL\n", 0o440)
    stand_in = Path(__file__).parent / "walk_systemctl.py"
    for name in ("systemctl", "journalctl"):
        machine.write(f"/usr/local/bin/{name}", stand_in.read_text(), 0o755)
    _give_runner(machine)
    _give_repository(machine)


def _give_runner(machine: Machine) -> None:
    machine.do("sh", "-c", "getent passwd gitlab-runner || useradd --system --create-home gitlab-runner")
    machine.write("/etc/systemd/system/gitlab-runner.service", RUNNER_UNIT)
    machine.write("/etc/gitlab-runner/config.toml", RUNNER_CONFIG, 0o600)
    if not machine.path("/usr/bin/gitlab-runner").exists():
        machine.write("/usr/bin/gitlab-runner", RUNNER, 0o755)


def pushed_pipeline(tags: list[str]) -> dict[str, Any]:
    return {"project": "acme/shop", "user": "ann", "ref": "main", "jobs": [
        {"name": "unit", "stage": "test", "tags": tags}, {"name": "deploy production", "stage": "deploy", "tags": tags}]}


def _give_repository(machine: Machine) -> None:
    """A repository of acme/shop, where each merge request is merged at once; a push to it makes a pipeline, with lanes
    once its configuration names them."""
    machine.write("/etc/gitconfig", f"[user]\n\tname = {ADMIN}\n\temail = {ADMIN}@example.com\n[safe]\n\tdirectory = *\n"
                  "[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n"
                  "[receive]\n\tadvertisePushOptions = true\n")
    machine.do("git", "init", "--quiet", "--bare", REPOSITORY)
    machine.do("git", "clone", "--quiet", REPOSITORY, str(CHECKOUT))
    machine.write(f"{CHECKOUT}/.gitlab-ci.yml", CI_CONFIG)
    for words in (("add", "."), ("commit", "--quiet", "-m", "Build, test and deploy"), ("push", "--quiet")):
        machine.do("git", "-C", str(CHECKOUT), *words)
    machine.write(f"{REPOSITORY}/hooks/post-receive", PUSH_HOOK.format(repository=REPOSITORY, lanes=LANES), 0o755)
    for plan, tags in (("plain", DOCKER), ("lanes", [*DOCKER, f"{LANES}critical"])):
        machine.write(f"/srv/git/{plan}.json", json.dumps(pushed_pipeline(tags)))
    machine.do("chown", "-R", ADMIN, REPOSITORY, str(CHECKOUT))


def follow_pushes(machine: Machine, gitlab: Simulator) -> None:
    """From now on a push to the repository reaches this GitLab."""
    machine.write("/srv/git/address", gitlab.url)
