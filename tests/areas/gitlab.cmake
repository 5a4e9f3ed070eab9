# Tests of the gitlab area.
runneriq_test(utf8_test LABEL unit SOURCES unit/core/utf8_test.cpp USES core)
runneriq_test(gitlab_test LABEL unit
  SOURCES
    unit/gitlab/job_response_test.cpp
    unit/gitlab/screened_json_test.cpp
  USES gitlab)
