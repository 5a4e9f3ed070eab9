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
    --poll-interval) COMPREPLY=(); return ;;
    --output) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --since) COMPREPLY=(); return ;;
    --job) COMPREPLY=(); return ;;
    --runner) COMPREPLY=(); return ;;
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'run status queue explain audit doctor config completion man --help --version' -- "$word"))
    return
  fi
  case "$command" in
    config) ((COMP_CWORD > 2)) && command+=" ${COMP_WORDS[2]}" ;;
  esac
  case "$command" in
    'run') words='--once --mode --project --group --pipeline --mock --snapshot --save-snapshot --dry-run --execute --poll-interval --output --config --help --version' ;;
    'status') words='--output --project --group --pipeline --mock --snapshot --config --help --version' ;;
    'queue') words='--output --project --group --pipeline --mock --snapshot --config --help --version' ;;
    'explain') words='--output --project --group --mock --snapshot --config --help --version' ;;
    'audit') words='verify --output --since --job --runner --config --help --version' ;;
    'doctor') words='--output --project --group --config --help --version' ;;
    'config show') words='--output --config --help --version' ;;
    'config check') words='--output --config --help --version' ;;
    'completion') words='bash zsh fish --config --help --version' ;;
    'man') words='--config --help --version' ;;
    config) words='show check' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _runneriq runneriq
