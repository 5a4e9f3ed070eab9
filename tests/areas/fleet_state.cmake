# Tests of what the fleet's half remembers, prints, replays and repeats.
runneriq_test(fleet_memory_test LABEL unit
  SOURCES
    unit/scheduler/audit_test.cpp
    unit/scheduler/fleet_watch_test.cpp
    unit/scheduler/read_history_test.cpp
    unit/scheduler/reported_energy_test.cpp
    unit/scheduler/snapshot_document_test.cpp
    unit/scheduler/what_if_test.cpp
  USES scheduler platform_digest)
if(TARGET fleet_memory_test)
  target_compile_definitions(fleet_memory_test PRIVATE RUNNERIQ_DOCS="${PROJECT_SOURCE_DIR}/docs")
endif()
runneriq_test(fleet_state_test LABEL integration
  SOURCES
    integration/fleet_state_audit_test.cpp
    integration/fleet_state_file_test.cpp
    integration/fleet_state_memory_test.cpp
  USES scheduler_sqlite_fleet platform_digest)
