"""`runneriq lanes plan`: its patch is taken by git and patch, and another YAML reader finds the lanes in it."""

import os
import shutil
import subprocess

import pytest

FILE = ".gitlab-ci.yml"

PLAIN = """\
# What we build.

stages: [test, deploy]

.base: &base
  tags: [docker]

rspec:
  <<: *base
  script:
    - |
      echo "tags: [none]"
    - bundle exec rspec   # slow

lint:
  script: [make lint]
  stage: test

deploy:
  stage: deploy
  tags:
    # the only one with keys
    - production
  script: ./deploy
  environment: {name: live, url: "https://example.com/#top"}
"""

WORKFLOW = """\
workflow:
  rules:
    - if: $CI_COMMIT_MESSAGE =~ /wip/
      when: never
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH
      auto_cancel:
        on_new_commit: none

a:
  script: x
"""

TEXTS = {
    "plain": PLAIN,
    "a workflow": WORKFLOW,
    "no newline at the end": PLAIN + "last:\n  script: x\n  tags:\n    - y",
    "Windows line ends": PLAIN.replace("\n", "\r\n"),
}


def plan(folder, *words):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITLAB_", "RUNNERIQ_"))}
    environment["RUNNERIQ_STATE"] = str(folder / "state.db")
    return subprocess.run([os.environ["RUNNERIQ"], "lanes", "plan", *words], cwd=folder, env=environment,
                          capture_output=True, timeout=30, check=False)


def write(folder, text):
    (folder / FILE).write_bytes(text.encode())


def apply_with_git(folder, patch):
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=folder, input=patch, check=True)


def apply_with_patch(folder, patch):
    subprocess.run(["patch", "--binary", "--silent", "-p1"], cwd=folder, input=patch, check=True)


def assert_in_order(lines, among):
    """Every one of `lines` is there, in their order."""
    rest = iter(among)
    for line in lines:
        assert line in rest, f"{line} was lost or moved"


@pytest.mark.parametrize("tool", [apply_with_git, apply_with_patch], ids=["git", "patch"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_patch_applies_and_then_nothing_is_left_to_do(tmp_path, text, tool):
    if shutil.which(tool.__name__.removeprefix("apply_with_")) is None:
        pytest.skip(f"no {tool.__name__.removeprefix('apply_with_')} on this machine")
    write(tmp_path, text)
    planned = plan(tmp_path, FILE)
    assert planned.returncode == 0, planned.stderr
    tool(tmp_path, planned.stdout)
    after = (tmp_path / FILE).read_bytes()
    assert b"runneriq:$RUNNERIQ_LANE" in after
    assert_in_order([line for line in text.encode().splitlines() if b"tags" not in line], after.splitlines())
    again = plan(tmp_path, FILE)
    assert again.returncode == 0
    assert b"nothing is to be added" in again.stdout and b"+++" not in again.stdout


def read(folder):
    yaml = pytest.importorskip("yaml", reason="no other YAML reader on this machine")
    return yaml.safe_load((folder / FILE).read_text())


def test_another_reader_finds_the_lanes_and_all_that_was_there(tmp_path):
    write(tmp_path, PLAIN)
    before = read(tmp_path)
    apply_with_git(tmp_path, plan(tmp_path, FILE).stdout)
    after = read(tmp_path)
    lane = "runneriq:$RUNNERIQ_LANE"
    assert after.pop("variables") == {"RUNNERIQ_LANE": "medium"}
    assert after.pop("default") == {"tags": [lane]}
    rules = after.pop("workflow")["rules"]
    assert rules[0] == {"if": "$CI_COMMIT_TAG", "variables": {"RUNNERIQ_LANE": "critical"}}
    assert rules[-1] == {"when": "always", "variables": {"RUNNERIQ_LANE": "medium"}}
    assert after["rspec"]["tags"] is after[".base"]["tags"], "the anchor is edited once for both"
    for job in (".base", "deploy"):
        assert after[job]["tags"].pop() == lane
    assert after == before


def test_the_rules_of_a_workflow_keep_their_order(tmp_path):
    write(tmp_path, WORKFLOW)
    apply_with_git(tmp_path, plan(tmp_path, FILE).stdout)
    rules = read(tmp_path)["workflow"]["rules"]
    assert [rule.get("variables", {}).get("RUNNERIQ_LANE") for rule in rules] == [None, "medium", "high", "medium"]
    assert rules[2]["if"].endswith(") && ($CI_COMMIT_BRANCH)")
    assert rules[2]["auto_cancel"] == rules[3]["auto_cancel"]


def test_a_file_with_an_error_is_told_with_its_line(tmp_path):
    write(tmp_path, "a:\n\tscript: x\n")
    planned = plan(tmp_path, FILE)
    assert planned.returncode == 2
    assert b"line 2: a tab indents this line" in planned.stderr
    assert planned.stdout == b""


def test_what_cannot_be_edited_is_refused(tmp_path):
    write(tmp_path, "a:\n  tags: docker\n  script: x\n")
    planned = plan(tmp_path, FILE)
    assert planned.returncode == 1
    assert b"# refused: " in planned.stdout and b"+++" not in planned.stdout
