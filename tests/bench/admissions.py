"""./dev bench: what asking the scheduler service costs, beside the budgets of the architecture page.

    admissions.py RUNNERIQ SIMULATOR ADMISSIONS_LOAD

Prints a table and never fails on timing. The clients are on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from fleet import Simulator, Watcher  # noqa: E402  (the path above comes first)
from stages import describe_machine  # noqa: E402


def main(runneriq: str, simulator: str, load: str) -> None:
    os.environ |= {"RUNNERIQ": runneriq, "RUNNERIQ_GITLAB_SIM": simulator}
    describe_machine(Path(runneriq))
    with Simulator() as gitlab, Watcher(gitlab) as watcher:
        path = watcher.root / "service.sock"
        service = watcher.start("run", "--listen", f"unix:{path}", "--poll-interval", "1h")
        if not watcher.wait_for_ticks(1):
            raise RuntimeError(f"no tick: {watcher.logged()}")
        subprocess.run([load, str(path), str(service.pid), str(watcher.root)], check=True)
    print(f"load average: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
