# Tests of the client of GitLab's APIs.
runneriq_test(gitlab_rest_test LABEL unit
  SOURCES
    unit/gitlab/rest/address_test.cpp
    unit/gitlab/rest/backoff_test.cpp
    unit/gitlab/rest/call_budget_test.cpp
    unit/gitlab/rest/rest_fleet_test.cpp
    unit/gitlab/rest/rest_fleet_trouble_test.cpp
    unit/gitlab/rest/sender_test.cpp
  USES gitlab_rest)
