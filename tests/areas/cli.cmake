# Tests of the command line.
runneriq_test(cli_test LABEL unit
  SOURCES
    unit/cli/approvals_test.cpp
    unit/cli/audit_test.cpp
    unit/cli/command_line_test.cpp
    unit/cli/config_commands_test.cpp
    unit/cli/explain_test.cpp
    unit/cli/fleet_doctor_test.cpp
    unit/cli/generated_pages_test.cpp
    unit/cli/lane_doctor_test.cpp
    unit/cli/progress_test.cpp
    unit/cli/queue_test.cpp
    unit/cli/run_test.cpp
    unit/cli/steering_watch_test.cpp
    unit/cli/table_test.cpp
    unit/cli/tag_commands_test.cpp
    unit/cli/tick_document_test.cpp
    unit/cli/tick_text_test.cpp
    unit/cli/watch_test.cpp
  USES cli)
if(TARGET cli_test)
  target_compile_definitions(cli_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
