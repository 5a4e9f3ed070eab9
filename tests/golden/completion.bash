# bash completion of runneriq: source <(runneriq completion bash)
_runneriq() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
  local command="${COMP_WORDS[1]}" words=''
  case "$before" in
    --mode) COMPREPLY=($(compgen -W 'full analyze-only monitor-only' -- "$word")); return ;;
    --project) COMPREPLY=(); return ;;
    --group) COMPREPLY=(); return ;;
    --pipeline) COMPREPLY=(); return ;;
    --snapshot) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --save-snapshot) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --listen) COMPREPLY=(); return ;;
    --poll-interval) COMPREPLY=(); return ;;
    --output) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --since) COMPREPLY=(); return ;;
    --job) COMPREPLY=(); return ;;
    --runner) COMPREPLY=(); return ;;
    --standing) COMPREPLY=(); return ;;
    --load) COMPREPLY=(); return ;;
    --arrivals) COMPREPLY=($(compgen -W 'poisson batches pipelines diurnal day' -- "$word")); return ;;
    --jobs) COMPREPLY=(); return ;;
    --seeds) COMPREPLY=(); return ;;
    --first-seed) COMPREPLY=(); return ;;
    --trace) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --hosts) COMPREPLY=(); return ;;
    --slots) COMPREPLY=(); return ;;
    --window) COMPREPLY=(); return ;;
    --special) COMPREPLY=(); return ;;
    --policy) COMPREPLY=(); return ;;
    --lanes) COMPREPLY=(); return ;;
    --unlaned) COMPREPLY=(); return ;;
    --phantoms) COMPREPLY=(); return ;;
    --reaction) COMPREPLY=(); return ;;
    --poll) COMPREPLY=(); return ;;
    --runner-poll) COMPREPLY=(); return ;;
    --cuts-per-minute) COMPREPLY=(); return ;;
    --plot) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --hours) COMPREPLY=(); return ;;
    --until) COMPREPLY=(); return ;;
    --by) COMPREPLY=($(compgen -W 'pipeline project runner zone' -- "$word")); return ;;
    --period) COMPREPLY=(); return ;;
    --for) COMPREPLY=(); return ;;
    --start) COMPREPLY=(); return ;;
    --comment) COMPREPLY=(); return ;;
    --author) COMPREPLY=(); return ;;
    --state) COMPREPLY=($(compgen -W 'queued delivered dead' -- "$word")); return ;;
    --receiver) COMPREPLY=(); return ;;
    --log) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --diff) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --good) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'run status queue explain audit lanes approvals approve reject reset-tags revert-expired simulate carbon alerts diagnose relay doctor config completion man --help --version' -- "$word"))
    return
  fi
  case "$command" in
    lanes|carbon|alerts|config) ((COMP_CWORD > 2)) && command+=" ${COMP_WORDS[2]}" ;;
  esac
  case "$command" in
    'run') words='--once --mode --project --group --pipeline --mock --snapshot --save-snapshot --dry-run --execute --listen --poll-interval --output --config --help --version' ;;
    'status') words='--output --project --group --pipeline --mock --snapshot --config --help --version' ;;
    'queue') words='--output --project --group --pipeline --mock --snapshot --config --help --version' ;;
    'explain') words='--output --project --group --mock --snapshot --config --help --version' ;;
    'audit') words='verify --output --since --job --runner --config --help --version' ;;
    'lanes install') words='--yes --project --group --output --config --help --version' ;;
    'lanes remove') words='--yes --project --group --output --config --help --version' ;;
    'lanes plan') words='--per-job --project --output --config --help --version' ;;
    'approvals') words='--all --output --config --help --version' ;;
    'approve') words='--standing --output --config --help --version' ;;
    'reject') words='--output --config --help --version' ;;
    'reset-tags') words='--purge --yes --project --group --output --config --help --version' ;;
    'revert-expired') words='--output --config --help --version' ;;
    'simulate') words='--output --load --arrivals --jobs --seeds --first-seed --trace --hosts --slots --window --special --policy --lanes --per-pipeline --unlaned --phantoms --reaction --no-webhooks --poll --runner-poll --cuts-per-minute --with-assigner --plot --config --help --version' ;;
    'carbon now') words='--output --config --help --version' ;;
    'carbon forecast') words='--output --hours --config --help --version' ;;
    'carbon summary') words='--output --config --help --version' ;;
    'carbon ledger') words='--output --since --until --project --pipeline --job --verify --config --help --version' ;;
    'carbon report') words='--by --period --output --config --help --version' ;;
    'alerts list') words='--flaky --output --config --help --version' ;;
    'alerts show') words='--output --config --help --version' ;;
    'alerts explain') words='--output --config --help --version' ;;
    'alerts silence') words='list add expire --for --start --comment --author --preview --all --output --config --help --version' ;;
    'alerts routes') words='show test --output --config --help --version' ;;
    'alerts replay') words='--output --config --help --version' ;;
    'alerts outbox') words='list resend --state --receiver --since --output --config --help --version' ;;
    'alerts digest') words='--weekly --output --config --help --version' ;;
    'diagnose') words='--log --diff --good --show-prompt --post --create-issue --output --project --config --help --version' ;;
    'relay') words='--config --help --version' ;;
    'doctor') words='--output --project --group --config --help --version' ;;
    'config show') words='--output --config --help --version' ;;
    'config check') words='--output --config --help --version' ;;
    'completion') words='bash zsh fish --config --help --version' ;;
    'man') words='--config --help --version' ;;
    lanes) words='install remove plan' ;;
    carbon) words='now forecast summary ledger report' ;;
    alerts) words='list show explain silence routes replay outbox digest' ;;
    config) words='show check' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _runneriq runneriq
