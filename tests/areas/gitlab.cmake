# Tests of the gitlab area.
runneriq_test(utf8_test LABEL unit SOURCES unit/core/utf8_test.cpp USES core)
runneriq_test(gitlab_test LABEL unit
  SOURCES
    unit/gitlab/call_shortage_test.cpp
    unit/gitlab/error_words_test.cpp
    unit/gitlab/graphql_test.cpp
    unit/gitlab/job_response_test.cpp
    unit/gitlab/job_test.cpp
    unit/gitlab/json_reader_test.cpp
    unit/gitlab/link_header_test.cpp
    unit/gitlab/markdown_test.cpp
    unit/gitlab/matcher_test.cpp
    unit/gitlab/options_test.cpp
    unit/gitlab/project_test.cpp
    unit/gitlab/replies_test.cpp
    unit/gitlab/runner_test.cpp
    unit/gitlab/screened_json_test.cpp
    unit/gitlab/web_address_test.cpp
  USES gitlab)
runneriq_test(gitlab_laws_test LABEL property SOURCES property/gitlab_laws_test.cpp USES gitlab)
