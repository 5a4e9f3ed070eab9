#!/usr/bin/env bash
# The reference of the executor's stages: a custom executor's driver as one writes it with bash, jq and curl.
# It does the same work for a job: settings, a durable place in the host's queue in order of class, the script,
# cleaning up. Called as the executor is; the bench gives it in REFERENCE_COMMAND the driver's own command line, in
# REFERENCE_QUEUE the queue's file, in REFERENCE_SOCKET the scheduler service, if one is to be asked.
set -euo pipefail

plan=$TMPDIR/reference-plan

config() {
  jq -c '{id, project: .job_info.project_id, name: .job_info.name, stage: .job_info.stage,
          ref: .git_info.ref, environment: [.variables[] | select(.key == "CI_ENVIRONMENT_NAME") | .value]}' \
    "$JOB_RESPONSE_FILE" >"$plan"
  jq -nc --arg builds "$RUNNERIQ_EXECUTOR_BUILDS_DIR" --arg cache "$RUNNERIQ_EXECUTOR_CACHE_DIR" \
    '{builds_dir: $builds, cache_dir: $cache, builds_dir_is_shared: true, driver: {name: "reference", version: "1"}}'
}

class_of() {
  jq -r 'if (.name + .stage | test("deploy|prod")) then 4
         elif (.ref == "main") then 3 elif (.name | test("lint")) then 1 else 2 end' "$plan"
}

# A row of the queue is on the disk before anybody relies on it.
admit() {
  local class
  class=$(class_of)
  exec 9>"$REFERENCE_QUEUE-lock"
  flock 9
  printf '%s %s %s\n' "$class" "$CUSTOM_ENV_CI_JOB_ID" "$TMPDIR" >>"$REFERENCE_QUEUE"
  sync -d "$REFERENCE_QUEUE"
  sort -rn -o "$TMPDIR/reference-order" "$REFERENCE_QUEUE"
  flock -u 9
}

ask_service() {
  jq -c --arg attempt "$TMPDIR" '{host: {host: "reference", slots: 4, runner: 7},
     job: {gitlab: "https://gitlab.example.com", job: .id, attempt: $attempt, project, name, stage,
           class: "MEDIUM", score: 50, queued_seconds: 1.5, max_hold_seconds: 600}}' "$plan" |
    curl --silent --show-error --fail --max-time 1 --unix-socket "$REFERENCE_SOCKET" \
      --header 'Content-Type: application/json' --data-binary @- http://runneriq/api/v1/admissions |
    jq -e .standing
}

prepare() {
  admit
  [ -z "${REFERENCE_SOCKET-}" ] || ask_service
}

run() {
  local command
  mapfile -t command <<<"$REFERENCE_COMMAND"
  "${command[@]}" "$1" || exit "$BUILD_FAILURE_EXIT_CODE"
}

cleanup() {
  exec 9>"$REFERENCE_QUEUE-lock"
  flock 9
  grep -v " $CUSTOM_ENV_CI_JOB_ID $TMPDIR\$" "$REFERENCE_QUEUE" >"$REFERENCE_QUEUE-new" || true
  sync -d "$REFERENCE_QUEUE-new"
  mv "$REFERENCE_QUEUE-new" "$REFERENCE_QUEUE"
  rm -f "$plan" "$TMPDIR/reference-order"
}

"$@"
