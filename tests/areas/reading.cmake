# Tests of readings after hints, and of what a reading holds for the fleet gate.
runneriq_test(hinted_reading_test LABEL unit
  SOURCES unit/gitlab/rest/hinted_reading_test.cpp
  USES gitlab_rest)
# Tests of the simulated GitLab: resource groups, late calls, webhooks.
runneriq_test(simulator_events_test LABEL unit
  SOURCES
    unit/gitlab/simulator/hooks_test.cpp
    unit/gitlab/simulator/resource_groups_test.cpp
  USES gitlab_simulated_site)
