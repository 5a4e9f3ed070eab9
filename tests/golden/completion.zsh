#compdef runneriq
# zsh completion of runneriq: save as _runneriq in a folder of $fpath
_runneriq() {
  local name="$words[2]"
  if ((CURRENT == 2)); then
    compadd -- run status queue explain audit lanes approvals approve reject reset-tags revert-expired simulate carbon alerts diagnose relay doctor config completion man
    return
  fi
  if [[ $name == lanes ]]; then
    if ((CURRENT == 3)); then
      compadd -- install remove plan
      return
    fi
    name+=" $words[3]"
    shift words
    ((CURRENT--))
  fi
  if [[ $name == carbon ]]; then
    if ((CURRENT == 3)); then
      compadd -- now forecast summary ledger report
      return
    fi
    name+=" $words[3]"
    shift words
    ((CURRENT--))
  fi
  if [[ $name == alerts ]]; then
    if ((CURRENT == 3)); then
      compadd -- list show explain silence routes replay outbox digest
      return
    fi
    name+=" $words[3]"
    shift words
    ((CURRENT--))
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
        '--dry-run[Change nothing in GitLab\: already the default, without --execute.]' \
        '--execute[Steer runners by leased tags, as far as assigner.trust_model.mode permits.]' \
        '--listen[Answer executors, webhooks and people over HTTP.]:value:' \
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
    'lanes install')
      _arguments \
        '--yes[Do it without asking.]' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'lanes remove')
      _arguments \
        '--yes[Do it without asking.]' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'lanes plan')
      _arguments \
        '--per-job[Propose a lane for each job instead of one for the pipeline.]' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'approvals')
      _arguments \
        '--all[Show those that are decided, too.]' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'approve')
      _arguments \
        '--standing[Approve the same for any job, until then, such as 8h; at most 30 days.]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'reject')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'reset-tags')
      _arguments \
        '--purge[Take every runneriq\: tag off every runner, the lanes as well.]' \
        '--yes[Do not ask, where --purge would.]' \
        '--project[Watch this project, an id or a full path (of the first GitLab, where several are configured).]:value:' \
        '--group[Watch this group with its projects, an id or a full path (of the first GitLab, as --project).]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'revert-expired')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'simulate')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--load[Work that comes per slot, such as 0.8 (default) or 0.7,0.8,0.9,0.95.]:value:' \
        '--arrivals[How jobs come\: singly (default), in pipelines of six on average, of exactly six, singly with a swing of 60 % over the day, or as the working days of a team with 200 jobs each.]:value:(poisson batches pipelines diurnal day)' \
        '--jobs[Jobs of each seed; 20000 unless told.]:value:' \
        '--seeds[Simulate with so many seeds; 4 unless told.]:value:' \
        '--first-seed[The first of them; 1 unless told. The same seed gives the same jobs.]:value:' \
        '--trace[Take the jobs from a CSV file with the columns arrived, duration, class and, if there are, expected, lane, pipeline, pool.]:file:_files' \
        '--hosts[Runners; 10 unless told.]:value:' \
        '--slots[Slots of each runner; 1 unless told.]:value:' \
        '--window[Jobs that a host accepts beyond its slots and orders itself; 0 unless told.]:value:' \
        '--special[So many of the runners have a tag that a tenth of the jobs ask for; they also take the others.]:value:' \
        '--policy[What to compare\: fifo (GitLab alone), strict (by class, at once), gate; all unless told.]:value:' \
        '--lanes[Lanes below critical and high, by expected duration; 3 unless told.]:value:' \
        '--per-pipeline[One lane for all jobs of a pipeline, by its expected work.]' \
        '--unlaned[Share of the jobs below HIGH without a lane, 0 to 1.]:value:' \
        '--phantoms[Critical jobs that GitLab gives to nobody, each pending for 4 hours.]:value:' \
        '--reaction[From an event to its effect in GitLab; 15s unless told.]:value:' \
        '--no-webhooks[Events are only found by polls; the reaction comes on top.]' \
        '--poll[Of the scheduler; 30s unless told.]:value:' \
        '--runner-poll[Of each runner; 3s unless told.]:value:' \
        '--cuts-per-minute[Write budget; 30 unless told. Two thirds of it may be cut at once.]:value:' \
        '--with-assigner[Decide with analyzer and assigner in each tick, as the daemon does; several times slower.]' \
        '--plot[Draw the waits by class as SVG.]:file:_files' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'carbon now')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'carbon forecast')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--hours[Show so many hours from now on, 1 to 72 (default\: 24).]:value:' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'carbon summary')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'carbon ledger')
      _arguments \
        '--output[Print for people (default), for programs or for spreadsheets.]:value:(text json csv)' \
        '--since[Only jobs that ended from then on\: an RFC 3339 time, or an age such as 2h.]:value:' \
        '--until[Only jobs that ended before\: an RFC 3339 time, or an age such as 2h.]:value:' \
        '--project[Only jobs of this project.]:value:' \
        '--pipeline[Only jobs of this pipeline.]:value:' \
        '--job[Only this job, with its slots and how its figures came about.]:value:' \
        '--verify[Compute every row again from what stands in it, and check all sums.]' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'carbon report')
      _arguments \
        '--by[What to add up by (default\: pipeline).]:value:(pipeline project runner zone)' \
        '--period[Which jobs, by their end, in UTC (default\: month). FROM and TO are RFC 3339 times or dates; a date TO counts with its whole day.]:value:' \
        '--output[Print for people (default), for programs or for spreadsheets.]:value:(text json csv)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'alerts list')
      _arguments \
        '--flaky[List the jobs and tests that are known to be flaky instead, at most 50.]' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'alerts show')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'alerts explain')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'alerts silence')
      _arguments \
        '--for[How long it lasts, such as 2h; at most 90d. Needed to add one.]:value:' \
        '--start[When it begins, an RFC 3339 time; otherwise at once.]:value:' \
        '--comment[Why; needed to add one.]:value:' \
        '--author[Who wants it; otherwise who you are.]:value:' \
        '--preview[Only show what it would hide\: of what fires, and of the last 7 days.]' \
        '--all[List those that are over, too.]' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' \
        '*:argument:(list add expire)' ;;
    'alerts routes')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' \
        '*:argument:(show test)' ;;
    'alerts replay')
      _arguments \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'alerts outbox')
      _arguments \
        '--state[Only messages in this state.]:value:(queued delivered dead)' \
        '--receiver[Only messages to this receiver.]:value:' \
        '--since[Only messages made from then on\: an RFC 3339 time, or an age such as 2h.]:value:' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' \
        '*:argument:(list resend)' ;;
    'alerts digest')
      _arguments \
        '--weekly[Of the last seven days instead of the last one.]' \
        '--output[Print for people (default) or for programs.]:value:(text json)' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'diagnose')
      _arguments \
        '--log[Diagnose this log (- is standard input) instead of asking GitLab.]:file:_files' \
        '--diff[With --log\: what changed, as `git diff` prints it.]:file:_files' \
        '--good[With --log\: the log of the same job when it passed.]:file:_files' \
        '--show-prompt[Print exactly what a model would be sent, and send nothing.]' \
        '--post[Write the note to the merge request, or bring it up to date.]' \
        '--create-issue[Open an issue for each failed job, once per signature.]' \
        '--output[Print for people (default), for programs, or as the note would be.]:value:(text json markdown)' \
        '--project[The project of the job, pipeline or merge request, an id or a full path.]:value:' \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
    'relay')
      _arguments \
        '--config[Read this configuration instead of /etc/runneriq/runneriq.yaml.]:file:_files' \
        '--help[Print help and exit.]' \
        '--version[Print the version and exit.]' ;;
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
