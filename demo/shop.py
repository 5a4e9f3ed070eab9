"""The project whose jobs the demo runs: its repository, and what its jobs do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from git_repository import GitRepository
from job_spec import JobSpec
from stage_process import Account

PROJECT = "acme/shop"
USER = "ann"  # who pushes; a developer of the project
BRANCHES = ("main", "develop", "release/2.4", "hotfix/payment", "feature/search", "feature/cart")

FILES = {
    "total.sh": """# The total of an order: cents, one per line.
total() { awk '{ cents += $1 } END { printf "%d\\n", cents }'; }
""",
    "shop.sh": """. ./total.sh
printf 'total %s\\n' "$(total)"
""",
    "lint.sh": """set -eu
for file in *.sh; do sh -n "$file"; done
if grep -n '[[:blank:]]$' ./*.sh; then echo 'blanks at the end of a line'; exit 1; fi
echo "$(cat ./*.sh | wc -l) lines are clean"
sleep "$1"
""",
    "unit.sh": """set -eu
. ./total.sh
expect() { [ "$2" = "$3" ] || { echo "$1: $2, not $3"; exit 1; }; echo "ok: $1"; }
expect 'an empty order' "$(total </dev/null)" 0
expect 'two articles' "$(printf '250\\n1999\\n' | total)" 2249
sleep "$1"
""",
    "build.sh": """set -eu
mkdir -p out
cat total.sh shop.sh > out/shop
sha256sum out/shop
sleep "${1:-0}"
""",
    "e2e.sh": """set -eu
sh build.sh
seq 1 500 | sh shop.sh | grep -x 'total 125250'
sleep "$1"
""",
    "deploy.sh": """set -eu
sh build.sh
install -D -m 755 out/shop production/shop
cmp out/shop production/shop
echo "production runs $(sha256sum < production/shop | cut -c 1-12)"
sleep "$1"
""",
}


@dataclass(frozen=True)
class Kind:
    """A job as its `.gitlab-ci.yml` would have it."""

    name: str
    stage: str
    lane: str
    seconds: float  # that its script waits, beside what it does

    def entry(self) -> dict[str, object]:
        """For the simulator's POST /sim/pipelines."""
        return {"name": self.name, "stage": self.stage, "tags": ["docker", f"runneriq:{self.lane}"]}


LINT = Kind("lint", "test", "short", 1.2)
UNIT = Kind("unit", "test", "medium", 2.0)
E2E = Kind("e2e", "test", "long", 3.0)
BUILD = Kind("build", "build", "medium", 1.5)
SMOKE = Kind("smoke-test", "test", "high", 1.5)
DEPLOY = Kind("deploy", "deploy", "critical", 1.5)
_WORK = {"lint": (LINT, "lint.sh"), "unit": (UNIT, "unit.sh"), "e2e": (E2E, "e2e.sh"), "build": (BUILD, "build.sh"),
         "smoke-test": (SMOKE, "e2e.sh"), "deploy": (DEPLOY, "deploy.sh")}


class Shop:
    """The repository; adapt() gives a job of GitLab's what its host must do for it."""

    def __init__(self, place: Path, owner: Account | None) -> None:
        self.repository = GitRepository(place, FILES, list(BRANCHES), owner)
        self._heads = {branch: self.repository.head(branch) for branch in BRANCHES}

    def adapt(self, spec: JobSpec) -> None:
        """The simulator has no repository: jobs would sleep there, and fetch nothing."""
        kind, script = _WORK[spec.name]
        spec.script = [f"sh {script} {kind.seconds}"]
        spec.repo_url, spec.sha = str(self.repository.path), self._heads[spec.ref]
        spec.variables = [(key, value) for key, value in spec.variables if key not in ("GIT_STRATEGY", "CI_COMMIT_SHA")]
