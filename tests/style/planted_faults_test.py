"""The style rules must find what they are for: each fault below, planted alone into a small clean
tree, is reported once, with its file and line, and nothing else is."""

import tempfile
import unittest
from pathlib import Path

from layers_test import findings

# A small tree in which everything is allowed; each file also shows something that looks like a
# fault and is none.
CLEAN = {
    "core/time.hpp": "#include <chrono>\n#include <tl/expected.hpp>\n// std::rand() and ::now() in a comment\n",
    "core/glob.cpp": '#include "core/time.hpp"\nconst char* text = "getenv(::now())";\n',
    "gitlab/job.cpp": '#include <nlohmann/json.hpp>\n#include "core/time.hpp"\n',
    "gitlab/job.hpp": '#include <nlohmann/json_fwd.hpp>\nint snow();\nint now = snow();\n',
    "scheduler/admission.hpp": '#include "gitlab/job.hpp"\nconstexpr int big = 1\'000\'000;\n',
    "scheduler/options.hpp": '#include "core/time.hpp"\n',
    "scheduler/sqlite/store.cpp": '#include <unistd.h>\n#include "platform/clock.hpp"\n#include "gitlab/job.hpp"\n',
    "executor/plan.hpp": '#include "scheduler/admission.hpp"\n',
    "executor/shell/driver.hpp": '#include <sys/wait.h>\n#include "executor/plan.hpp"\n#include "scheduler/admission.hpp"\n',
    "executor/shell/driver.cpp": '#include "executor/shell/driver.hpp"\n',
    "executor/toml/facts.cpp": "#include <toml++/toml.h>\n",
    "executor/chain/driver.hpp": '#include "executor/plan.hpp"\n',
    "diagnosis/signature.hpp": "#include <string>\n",
    "diagnosis/normalised.cpp": '#include "diagnosis/signature.hpp"\n#include <re2/re2.h>\n',
    "alerting/matcher.cpp": '#include "diagnosis/signature.hpp"\n#include <re2/re2.h>\n#include "scheduler/admission.hpp"\n',
    "alerting/flip_score.cpp": "#include <boost/math/special_functions/beta.hpp>\n",
    "alerting/abseil/zones.cpp": '#include <absl/time/time.h>\n#include "platform/clock.hpp"\n',
    "config/layers.cpp": '#include "scheduler/options.hpp"\nauto home = std::getenv("HOME");\n',
    "config/yaml/document.cpp": '#include <yaml-cpp/yaml.h>\n#include "config/layers.hpp"\n',
    "platform/clock.hpp": '#include <sqlite3.h>\n#include <boost/process.hpp>\nauto t = Clock::now();\nstd::random_device chance;\n',
    "apps/executor/main.cpp": '#include "executor/shell/driver.hpp"\n#include "executor/chain/driver.hpp"\n#include "platform/clock.hpp"\n',
    "tests/unit/core/time_test.cpp": '#include <gtest/gtest.h>\nauto t = Clock::now();\n// sleep_for(1s)\nauto w = waiter.sleep_until(t);\n',
    "tests/support/polling.py": "import time\n\n\ndef wait_until(condition):\n    while not condition():\n        time.sleep(0.01)\n",
    "tests/integration/kill_test.py": 'SCRIPT = "sleep 60; usleep(3)"\n',
    "docs/guide.md": "The account's home is `/root/notes`; builds are in /home/gitlab-runner/builds.\n",
}

# What is planted: (name of the case, file, its text, line, rule).
FAULTS = [
    ("core includes another layer", "core/id.hpp", '#include <string>\n#include "gitlab/job.hpp"\n', 2, "layers"),
    ("gitlab includes upwards", "gitlab/up.hpp", '#include "scheduler/admission.hpp"\n', 1, "layers"),
    ("scheduler includes upwards", "scheduler/up.cpp", '#include "executor/plan.hpp"\n', 1, "layers"),
    ("pure file includes platform", "executor/flow.cpp", '\n\n#include "platform/clock.hpp"\n', 3, "layers"),
    ("pure file includes its adapter", "executor/flow.cpp", '#include "executor/shell/driver.hpp"\n', 1, "layers"),
    ("adapter includes another adapter", "executor/shell/x.cpp", '#include "executor/chain/driver.hpp"\n', 1, "layers"),
    ("adapter includes another domain", "scheduler/sqlite/x.cpp", '#include "executor/plan.hpp"\n', 1, "layers"),
    ("platform includes a domain", "platform/x.cpp", '#include "gitlab/job.hpp"\n', 1, "layers"),
    ("config includes more than options", "config/x.cpp", '#include "scheduler/admission.hpp"\n', 1, "layers"),
    ("include without its folder", "core/x.cpp", '#include "time.hpp"\n', 1, "layers"),
    ("boost outside platform", "executor/shell/x.cpp", "#include <boost/process.hpp>\n", 1, "layers"),
    ("more of diagnosis than its signature", "alerting/x.cpp", '#include "diagnosis/report.hpp"\n', 1, "layers"),
    ("diagnosis includes upwards", "diagnosis/x.cpp", '#include "alerting/event.hpp"\n', 1, "layers"),
    ("expressions in another file of alerting", "alerting/x.cpp", "#include <re2/re2.h>\n", 1, "layers"),
    ("Boost.Math in another file of alerting", "alerting/x.cpp", "#include <boost/math/constants/constants.hpp>\n", 1, "layers"),
    ("more of boost in alerting", "alerting/x.cpp", "#include <boost/asio.hpp>\n", 1, "layers"),
    ("time zones in pure code", "alerting/x.cpp", "#include <absl/time/time.h>\n", 1, "layers"),
    ("yaml outside config/yaml", "config/x.cpp", "#include <yaml-cpp/yaml.h>\n", 1, "layers"),
    ("sqlite outside platform", "scheduler/sqlite/x.cpp", "#include <sqlite3.h>\n", 1, "layers"),
    ("toml outside executor/toml", "executor/x.cpp", "#include <toml++/toml.h>\n", 1, "layers"),
    ("json in core", "core/x.cpp", "#include <nlohmann/json.hpp>\n", 1, "layers"),
    ("all of json in a header", "gitlab/x.hpp", "#include <nlohmann/json.hpp>\n", 1, "layers"),
    ("result library outside core", "gitlab/x.hpp", "#include <tl/expected.hpp>\n", 1, "layers"),
    ("library that nobody knows", "platform/x.cpp", "#include <left/pad.hpp>\n", 1, "layers"),
    ("test library in the product", "platform/x.hpp", "#include <gtest/gtest.h>\n", 1, "layers"),
    ("system header in pure code", "scheduler/x.cpp", "#include <vector>\n#include <sys/stat.h>\n", 2, "layers"),
    ("file system in pure code", "config/x.cpp", "#include <filesystem>\n", 1, "layers"),
    ("clock in pure code", "scheduler/x.cpp", "\nauto t = std::chrono::system_clock::now();\n", 2, "clock"),
    ("clock in an adapter", "executor/shell/x.cpp", "auto t = Clock::now ();\n", 1, "clock"),
    ("C clock in an adapter", "executor/shell/x.cpp", "clock_gettime(CLOCK_REALTIME, &t);\n", 1, "clock"),
    ("randomness in an adapter", "executor/shell/x.cpp", "\n\nstd::mt19937 engine;\n", 3, "randomness"),
    ("rand in pure code", "core/x.cpp", "int n = rand();\n", 1, "randomness"),
    ("environment in an adapter", "executor/chain/x.cpp", 'auto p = ::getenv("PATH");\n', 1, "environment"),
    ("environ in pure code", "executor/x.cpp", "extern char** environ;\n", 1, "environment"),
    ("file of leftovers", "core/string_utils.hpp", "", 0, "names"),
    ("folder of leftovers", "scheduler/common/order.txt", "", 0, "names"),
    ("manager", "platform/process_manager.txt", "", 0, "names"),
    ("handler", "executor/handler.txt", "", 0, "names"),
    ("misc among the tests", "tests/unit/misc_test.cpp", "", 0, "names"),
    ("sleep in a C++ test", "tests/unit/x_test.cpp", "\nstd::this_thread::sleep_for(1s);\n", 2, "sleeps"),
    ("usleep in a C++ test", "tests/unit/x_test.cpp", "usleep(1000);\n", 1, "sleeps"),
    ("sleep in a Python test", "tests/integration/x_test.py", "import time\ntime.sleep(2)\n", 2, "sleeps"),
    ("imported sleep in a test", "tests/integration/x_test.py", "from time import sleep\n", 1, "sleeps"),
    ("sleep in support", "tests/support/x.py", "import time\n\ndef start():\n    time.sleep(2)\n", 4, "sleeps"),
    ("poll of a test's own", "tests/integration/x.py", "import time\ndef wait_until():\n    time.sleep(1)\n", 3, "sleeps"),
    ("path of a machine in code", "core/x.cpp", "\n// see /w" + "ork/notes.txt\n", 2, "paths"),
    ("quoted path of a machine", "tests/x.py", 'ROOT = "/w' + 'ork/tree"\n', 1, "paths"),
    ("home of a person in a document", "docs/x.md", "Run /home/" + "alice/build/runneriq.\n", 1, "paths"),
    ("root's folder in a script", "packaging/x.sh", "cp /ro" + "ot/build/x .\n", 1, "paths"),
]


def write(root, path, text):
    file = Path(root) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class PlantedFaults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for path, text in CLEAN.items():
            write(self.root, path, text)

    def test_the_clean_tree_has_no_fault(self):
        self.assertEqual([str(finding) for finding in findings(self.root)], [])

    def test_each_planted_fault_is_reported_alone(self):
        for name, path, text, line, rule in FAULTS:
            with self.subTest(name):
                write(self.root, path, text)
                reported = [(found.path, found.line, found.rule) for found in findings(self.root)]
                (Path(self.root) / path).unlink()
                self.assertEqual(reported, [(path, line, rule)])


if __name__ == "__main__":
    unittest.main()
