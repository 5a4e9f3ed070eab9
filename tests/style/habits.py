"""The rules that are no matter of includes: clocks, chance, environment, names, sleeps, paths."""

import ast
import re

from layers import APPS, LAYERS
from source_file import Finding

_MAY_ASK_THE_WORLD = {"platform", "config", APPS}
_WORLD = [
    ("clock", r"::now\s*\(|\b(?:clock_gettime|gettimeofday|timespec_get)\b|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)"),
    ("randomness", r"\b(?:random_device|mt19937(?:_64)?|default_random_engine|getrandom|getentropy|arc4random)\b|\bs?rand\s*\("),
    ("environment", r"\b(?:secure_)?getenv\b|\benviron\b"),
]

_EMPTY_NAMES = re.compile(r"(?:^|[_.-])(utils?|helpers?|common|misc|managers?|handlers?)(?=$|[_.-])", re.IGNORECASE)

_POLLING_FUNCTION = "wait_until"
_CPP_SLEEP = r"\bthis_thread\s*::\s*sleep_\w+|\bsleep_for\b|\b(?:u|nano)sleep\s*\(|(?<![\w:.>])(?:::)?sleep\s*\("

# A path of the machine that someone works on says nothing to a reader elsewhere. Homes of
# accounts that a reader has too are fine, and so are examples in quotes or backticks.
_PRIVATE_PATH = re.compile(
    r"(?<![\w./*}$-])(?:/w[o]rk/|/r[o]ot/\w|/Users/\w|/home/(?!gitlab-runner\b|runneriq\b|user\b|job\b)\w)[^\s\"'`]*"
)
_QUOTED_EXAMPLE = re.compile(r"[\"'`]/(?:r[o]ot|home|Users)/[^\"'`]*[\"'`]")


def check_world(files):
    """Clock, randomness and environment are asked only where the table allows it."""
    for file in files:
        layer = file.folders[0] if file.folders else ""
        if not file.is_cpp or layer not in LAYERS or layer in _MAY_ASK_THE_WORLD:
            continue
        for rule, pattern in _WORLD:
            for line, found in file.matches(pattern):
                yield Finding(file.path, line, rule, f"'{found}' belongs to platform, config or apps")


def check_names(files):
    """No file and no folder has a name that could hold anything."""
    for file in files:
        for part in file.path.split("/"):
            if found := _EMPTY_NAMES.search(part):
                yield Finding(file.path, 0, "names", f"'{found.group(1)}' says nothing: name it by its content")


def check_sleeps(files):
    """Tests poll with a deadline; only the function of tests/support that polls may sleep between looks."""
    for file in files:
        if file.folders and file.folders[0] == "tests":
            for line in _sleeps(file):
                yield Finding(file.path, line, "sleeps", f"a test that sleeps: poll with {_POLLING_FUNCTION} instead")


def _sleeps(file):
    if file.is_cpp:
        return [line for line, _ in file.matches(_CPP_SLEEP)]
    return _python_sleeps(file) if file.suffix == ".py" else []


def _python_sleeps(file):
    tree = ast.parse(file.text)
    polling = _lines_of_polling(tree) if file.path.startswith("tests/support/") else set()
    return sorted({node.lineno for node in ast.walk(tree) if _sleeps_here(node)} - polling)


def _sleeps_here(node):
    if isinstance(node, ast.Attribute):
        return node.attr == "sleep" and ast.unparse(node.value) in {"time", "asyncio"}
    return isinstance(node, ast.ImportFrom) and node.module == "time" and any(n.name == "sleep" for n in node.names)


def _lines_of_polling(tree):
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == _POLLING_FUNCTION]
    return {line for function in functions for line in range(function.lineno, function.end_lineno + 1)}


def check_paths(files):
    """No file names the folders of the machine that it was written on."""
    for file in files:
        for number, line in enumerate(file.text.split("\n"), start=1):
            if found := _PRIVATE_PATH.search(_QUOTED_EXAMPLE.sub("", line)):
                yield Finding(file.path, number, "paths", f"'{found.group()}' is a path of one machine")
