# Tests of what diagnosis asks of GitLab and writes there.
runneriq_test(gitlab_pages_test LABEL unit
  SOURCES
    unit/gitlab/discussion_pages_test.cpp
    unit/gitlab/pipeline_pages_test.cpp
    unit/gitlab/webhook_news_test.cpp
  USES gitlab)
runneriq_test(gitlab_diagnosis_rest_test LABEL unit
  SOURCES
    unit/gitlab/rest/discussion_permit_test.cpp
    unit/gitlab/rest/rest_discussions_test.cpp
    unit/gitlab/rest/rest_pipelines_test.cpp
    unit/gitlab/rest/whole_log_question_test.cpp
  USES gitlab_rest)
runneriq_test(simulated_conversation_test LABEL unit
  SOURCES
    unit/gitlab/simulator/conversation_test.cpp
    unit/gitlab/simulator/repository_test.cpp
  USES gitlab_simulated_site)
runneriq_test(whole_logs_test LABEL integration
  SOURCES integration/whole_logs_test.cpp
  USES gitlab_rest gitlab_simulator)
runneriq_test(diagnosis_adapters_test LABEL integration
  SOURCES integration/diagnosis_adapters_test.cpp
  USES gitlab_rest gitlab_simulator)
runneriq_test(gitlab_pages_laws_test LABEL property
  SOURCES property/gitlab_pages_laws_test.cpp
  USES gitlab)
