# Tests of what writes tags: the action bridge, steering, and the client's writes.
runneriq_test(action_bridge_test LABEL unit
  SOURCES
    unit/scheduler/action_bridge_test.cpp
    unit/scheduler/bridge_steering_test.cpp
  USES scheduler_action_bridge)
runneriq_test(rest_runner_tags_test LABEL unit
  SOURCES unit/gitlab/rest_runner_tags_test.cpp
  USES gitlab_rest)
runneriq_test(runner_tags_http_test LABEL integration
  SOURCES integration/runner_tags_http_test.cpp
  USES gitlab_rest gitlab_simulator platform_http_client)
