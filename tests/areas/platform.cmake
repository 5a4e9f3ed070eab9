# Tests of the platform area.
runneriq_test(platform_files_test LABEL integration
  SOURCES integration/platform_files_test.cpp
  USES platform)
runneriq_test(platform_processes_test LABEL integration
  SOURCES integration/platform_processes_test.cpp
  USES platform)
runneriq_test(platform_output_relay_test LABEL integration
  SOURCES integration/platform_output_relay_test.cpp
  USES platform)
runneriq_test(platform_cgroup_test LABEL integration
  SOURCES integration/platform_cgroup_test.cpp
  USES platform)
runneriq_test(platform_waiter_test LABEL integration
  SOURCES integration/platform_waiter_test.cpp
  USES platform)
runneriq_test(platform_sqlite_test LABEL integration
  SOURCES integration/platform_sqlite_test.cpp
  USES platform_sqlite)
