#!/bin/bash
# A custom executor that does the least: used only to test the harness itself.
# STAND_IN_<STAGE> holds shell text that is run first, with the stage's arguments as $1, $2, $3.
# STAND_IN_SHARED=true gives each of several jobs at once a folder of its own, as one host's jobs need.
directory=${STAND_IN_DIRECTORY:?}
hook=STAND_IN_${1^^}
eval "${!hook:-}"
case $1 in
  config)
    printf '{"builds_dir": "%s/builds", "cache_dir": "%s/cache", "builds_dir_is_shared": %s,
      "job_env": {"FROM_CONFIG": "yes"}}\n' "$directory" "$directory" "${STAND_IN_SHARED:-false}"
    ;;
  prepare) echo "prepared" ;;
  run)
    bash "$2"
    code=$?
    [ "$code" -eq 0 ] && exit 0
    echo "$code" > "$BUILD_EXIT_CODE_FILE"
    exit "$BUILD_FAILURE_EXIT_CODE"
    ;;
  cleanup) echo "cleaned" ;;
esac
