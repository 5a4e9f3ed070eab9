# Tests of what alerting hears of: events from GitLab and the fleet, ends of logs, test reports.
runneriq_test(alerting_sources_test LABEL unit
  SOURCES
    unit/alerting/sources_test.cpp
    unit/alerting/fleet_conditions_test.cpp
  USES alerting)
runneriq_test(gitlab_reports_test LABEL unit
  SOURCES
    unit/gitlab/test_reports_test.cpp
    unit/gitlab/rest/rest_job_logs_test.cpp
    unit/gitlab/rest/rest_test_reports_test.cpp
    unit/gitlab/simulator/test_reports_test.cpp
  USES gitlab_rest gitlab_simulated_site)
runneriq_test(job_logs_over_http_test LABEL integration
  SOURCES integration/job_logs_test.cpp
  USES gitlab_rest gitlab_simulator platform_http_client)
