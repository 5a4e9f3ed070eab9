# Tests of playing deferred manual jobs: marks, plans, approvals, the client's calls.
runneriq_test(manual_jobs_test LABEL unit
  SOURCES
    unit/gitlab/pipeline_replies_test.cpp
    unit/gitlab/ci_variables_test.cpp
    unit/gitlab/rest/rest_manual_jobs_test.cpp
    unit/gitlab/simulator/manual_jobs_test.cpp
  USES config_yaml gitlab_rest gitlab_simulated_site platform_http_client)
runneriq_test(job_plays_test LABEL unit
  SOURCES
    unit/scheduler/deferred_jobs_test.cpp
    unit/scheduler/job_plays_test.cpp
    unit/scheduler/play_trust_test.cpp
  USES scheduler_action_bridge)
runneriq_test(deferred_play_test LABEL integration
  SOURCES integration/deferred_play_test.cpp
  USES config_yaml gitlab_rest gitlab_simulator platform_http_client scheduler_action_bridge)
