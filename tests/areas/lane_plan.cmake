# Tests of `lanes plan`.
runneriq_test(lane_plan_test LABEL unit
  SOURCES
    unit/cli/lanes_plan_test.cpp
    unit/config/ci_config_document_test.cpp
    unit/gitlab/ci_config_test.cpp
    unit/scheduler/lane_plan_test.cpp
    unit/scheduler/lane_reach_test.cpp
    unit/scheduler/lane_rules_test.cpp
    unit/scheduler/text_edits_test.cpp
  USES cli scheduler config_yaml)
runneriq_test(lane_plan_laws_test LABEL property SOURCES property/lane_plan_laws_test.cpp
  USES scheduler config_yaml)
runneriq_test(ci_lint_test LABEL unit SOURCES unit/gitlab/rest/ci_lint_test.cpp USES gitlab_rest)
if(RUNNERIQ_PROGRAMS AND COMMAND runneriq_fleet_pytest)
  runneriq_fleet_pytest(lanes_plan 120)
endif()
