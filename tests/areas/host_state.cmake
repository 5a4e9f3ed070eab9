# Tests of the host's state file.
runneriq_test(host_state_test LABEL integration
  SOURCES integration/host_state_test.cpp integration/host_state_history_test.cpp
          integration/host_state_file_test.cpp
  USES scheduler_sqlite)
runneriq_test(host_state_processes_test LABEL integration
  SOURCES integration/host_state_processes_test.cpp integration/file_lock_test.cpp
  USES scheduler_sqlite)
