# Tests of the pages of docs/ that are made from tables: options and manual pages.
runneriq_test(references_test LABEL unit
  SOURCES
    unit/core/manual_page_test.cpp
    unit/references/configuration_page.cpp
    unit/references/man_pages_test.cpp
    unit/references/options_reference_test.cpp
    support/option_sections.cpp
    ${PROJECT_SOURCE_DIR}/apps/executor/man_page.cpp ${PROJECT_SOURCE_DIR}/apps/executor/usage.cpp
    ${PROJECT_SOURCE_DIR}/apps/gitlab_sim/man_page.cpp ${PROJECT_SOURCE_DIR}/apps/gitlab_sim/usage.cpp
    ${PROJECT_SOURCE_DIR}/apps/runneriq/relay_options.cpp ${PROJECT_SOURCE_DIR}/apps/runneriq/service_options.cpp
  USES project_version advisor alerting carbon cli config diagnosis executor gitlab scheduler)
if(TARGET references_test)
  target_compile_definitions(references_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
if(TARGET runneriq AND COMMAND runneriq_fleet_pytest)
  runneriq_fleet_pytest(man_pages 120)
endif()
