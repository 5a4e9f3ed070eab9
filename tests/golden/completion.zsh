#compdef runneriq
# zsh completion of runneriq: save as _runneriq in a folder of $fpath
_runneriq() {
  local name="$words[2]"
  if ((CURRENT == 2)); then
    compadd -- run status queue explain audit doctor config completion man
    return
  fi
  if [[ $name == config ]]; then
    if ((CURRENT == 3)); then
      compadd -- show check
      return
    fi
    name+=" $words[3]"
    shift words
    ((CURRENT--))
  fi
  shift words
  ((CURRENT--))
  case "$name" in
    'run')
      _arguments \
        '--once[Make one tick, print it and exit.]' \
        '--mode[How far to go\: runners, jobs and their scores, or a runner for each job (default full).]:value:(full analyze-only monitor-only)' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--pipeline[Show the jobs of this pipeline only.]:value:' \
        '--mock[Watch the built-in simulated GitLab; needs no credentials and no network.]' \
        '--snapshot[Read the fleet and its pending jobs from a JSON document (- is standard input) instead of GitLab.]:file:_files' \
        '--save-snapshot[Write the fleet as it was read to FILE, in the form that --snapshot reads.]:file:_files' \
        '--dry-run[Change nothing in GitLab. Advice never does, so this says what is true anyway.]' \
        '--execute[Steer runners by their tags. Not part of this version\: it is refused.]' \
        '--poll-interval[How often to look, such as 30s.]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'status')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--pipeline[Show the jobs of this pipeline only.]:value:' \
        '--mock[Watch the built-in simulated GitLab; needs no credentials and no network.]' \
        '--snapshot[Read the fleet and its pending jobs from a JSON document (- is standard input) instead of GitLab.]:file:_files' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'queue')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--pipeline[Show the jobs of this pipeline only.]:value:' \
        '--mock[Watch the built-in simulated GitLab; needs no credentials and no network.]' \
        '--snapshot[Read the fleet and its pending jobs from a JSON document (- is standard input) instead of GitLab.]:file:_files' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'explain')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--mock[Watch the built-in simulated GitLab; needs no credentials and no network.]' \
        '--snapshot[Read the fleet and its pending jobs from a JSON document (- is standard input) instead of GitLab.]:file:_files' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'audit')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--since[Show records from this moment on\: an RFC 3339 time, or an age such as 2h.]:value:' \
        '--job[Show records about this job only.]:value:' \
        '--runner[Show records about this runner only.]:value:' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' \
        '*:argument:(verify)' ;;
    'doctor')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'config show')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'config check')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'completion')
      _arguments \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' \
        '*:argument:(bash zsh fish)' ;;
    'man')
      _arguments \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
  esac
}
compdef _runneriq runneriq
