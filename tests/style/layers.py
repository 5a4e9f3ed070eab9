"""Who may include whom: the table of docs/architecture.md section 3 as data, and its check.

A file directly in a domain's folder is pure; a file in a sub-folder belongs to an adapter.
"""

import re

from source_file import Finding

# The pure part of each layer, and the layers whose pure parts it may include beside itself.
PURE = {
    "core": set(),
    "gitlab": {"core"},
    "carbon": {"core"},
    "scheduler": {"core", "gitlab", "carbon"},
    "executor": {"core", "gitlab", "carbon", "scheduler"},
    "simulation": {"core", "gitlab", "carbon", "scheduler"},
    "diagnosis": {"core", "gitlab", "carbon", "scheduler"},
    "alerting": {"core", "gitlab", "carbon", "scheduler"},
    "advisor": {"core", "scheduler", "diagnosis"},
    "config": {"core"},
}
# The layers that touch the world by nature.
PLATFORM, FACES, APPS = "platform", {"cli", "service"}, "apps"
LAYERS = {*PURE, PLATFORM, *FACES, APPS}
# Single files that a layer may include beyond the layers above.
EXTRA_FILES = {
    "alerting": re.compile(r"diagnosis/(?:signature|redaction)\.hpp"),
    "config": re.compile(r"(?:%s)/options\.hpp" % "|".join(PURE)),
}

# Library headers and the places that may include them; a place is a layer with its adapters, an adapter, or
# one file. The first row that fits counts.
DOMAINS_WITH_JSON = {
    "gitlab", "carbon", "scheduler", "executor", "simulation", "alerting", "diagnosis", "advisor", "config",
}
WITH_REGEX = {"executor", "diagnosis", "advisor", "alerting/matcher.cpp"}
LIBRARIES = [
    (re.compile(r"tl/expected\.hpp"), {"core"}),
    (re.compile(r"fmt/.*"), {"core"}),
    (re.compile(r"boost/math/.*"), {"alerting/flip_score.cpp"}),
    (re.compile(r"boost/.*"), {"platform"}),
    (re.compile(r"absl/.*"), {"alerting/abseil"}),
    (re.compile(r"sqlite3\.h"), {"platform"}),
    (re.compile(r"curl/.*"), {"platform"}),
    (re.compile(r"openssl/.*"), {"platform"}),
    (re.compile(r"spdlog/.*"), {"platform"}),
    (re.compile(r"yaml-cpp/.*"), {"config/yaml"}),
    (re.compile(r"toml(\+\+|plusplus)?/.*|toml\.hpp"), {"executor/toml"}),
    (re.compile(r"nlohmann/.*"), {*DOMAINS_WITH_JSON, *FACES, APPS, "core/json_text.hpp", "core/json_text.cpp"}),
    (re.compile(r"re2/.*"), WITH_REGEX),
    (re.compile(r"CLI/.*"), {"cli", APPS}),
    (re.compile(r"(?:gtest|gmock|benchmark)/.*"), {"tests"}),
]
JSON_IN_HEADERS = "nlohmann/json_fwd.hpp"

# Standard headers through which pure code would meet the world.
IMPURE_STANDARD = {"filesystem", "fstream", "iostream", "syncstream", "random", "thread"}

_INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def includes_of(file):
    """(line number, "<" or '"', name) for each include of a C++ file."""
    for number, line in enumerate(file.text.split("\n"), start=1):
        if found := _INCLUDE.match(line):
            yield number, found.group(1), found.group(2)


def home_of(folders):
    """(layer, adapter): ("executor", "executor/shell"), ("core", None); (None, None) outside the layers."""
    if not folders or folders[0] not in LAYERS:
        return None, None
    layer = folders[0]
    adapter = "/".join(folders[:2]) if layer in PURE and len(folders) > 1 else None
    return layer, adapter


def check(files):
    """Every include of the layers that the table does not allow."""
    for file in files:
        layer, adapter = home_of(file.folders)
        if not file.is_cpp or layer is None:
            continue
        for line, mark, name in includes_of(file):
            problem = _project(layer, adapter, name) if mark == '"' else _outside(file, layer, adapter, name)
            if problem:
                yield Finding(file.path, line, "layers", problem)


def _project(layer, adapter, name):
    target_layer, target_adapter = home_of(tuple(name.split("/")[:-1]))
    me = adapter or layer
    if target_layer is None:
        return f'"{name}" names no layer; give the path from the root of the project'
    if layer == APPS or (layer in EXTRA_FILES and EXTRA_FILES[layer].fullmatch(name)):
        return None
    if target_adapter is not None:
        return None if target_adapter == adapter else f'{me} may not include the adapter "{name}"'
    return None if target_layer in _reach(layer, adapter) else f'{me} may not include "{name}"'


def _reach(layer, adapter):
    """The layers whose pure parts (or, for platform, all of it) a file may include."""
    if layer == PLATFORM:
        return {PLATFORM, "core"}
    if layer in FACES:
        return {layer, PLATFORM, *PURE}
    own = {layer} | PURE[layer]
    return own | {PLATFORM, "core", "gitlab"} if adapter else own


def _outside(file, layer, adapter, name):
    me = adapter or layer
    pure = layer in PURE and adapter is None
    for pattern, places in LIBRARIES:
        if pattern.fullmatch(name):
            return _library(file, layer, adapter, name, places)
    if name.endswith(".h"):
        return f"{me} is pure and may not include the system's <{name}>" if pure else None
    if "/" in name or "." in name:
        return None if layer == APPS else f"<{name}> is a library that the table does not know"
    if pure and name in IMPURE_STANDARD:
        return f"{me} is pure and may not include <{name}>"
    return None


def _library(file, layer, adapter, name, places):
    if layer != APPS and not {layer, adapter, file.path} & places:
        return f"{adapter or layer} may not include <{name}>, only {', '.join(sorted(places))} may"
    if name.startswith("nlohmann/") and file.suffix != ".cpp" and name != JSON_IN_HEADERS:
        return f"headers may include <{JSON_IN_HEADERS}> only, not <{name}>"
    return None
