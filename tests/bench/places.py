"""Where the modules of tests and demo are, for the benchmarks; imported first."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for place in ("tests/integration", "tests/support", "demo"):
    if str(ROOT / place) not in sys.path:
        sys.path.append(str(ROOT / place))
