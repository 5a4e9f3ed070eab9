# Tests of the executor area.
runneriq_test(executor_text_test LABEL unit
  SOURCES
    unit/executor/contract_test.cpp
    unit/executor/job_plan_test.cpp
    unit/executor/options_test.cpp
  USES executor)
runneriq_test(executor_driver_text_test LABEL unit
  SOURCES
    unit/executor/chain_config_test.cpp
    unit/executor/podman_commands_test.cpp
  USES executor)
runneriq_test(executor_doctor_test LABEL unit
  SOURCES
    unit/executor/config_toml_test.cpp
    unit/executor/doctor_test.cpp
    unit/executor/remedy_test.cpp
    unit/executor/runner_config_test.cpp
  USES config_yaml executor executor_toml)
runneriq_test(executor_chain_test LABEL integration
  SOURCES integration/chain_driver_test.cpp
  USES executor_chain)
runneriq_test(executor_podman_test LABEL integration
  SOURCES integration/podman_driver_test.cpp
  USES executor_podman)
if(TARGET executor_podman_test)
  target_compile_definitions(executor_podman_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
runneriq_test(executor_flow_test LABEL unit
  SOURCES
    unit/executor/admission_wait_test.cpp
    unit/executor/interpreter_test.cpp
    unit/executor/job_energy_test.cpp
    unit/executor/job_environment_test.cpp
    unit/executor/planning_test.cpp
    unit/executor/sandbox_test.cpp
    unit/executor/stage_flow_test.cpp
    unit/executor/stage_meter_test.cpp
    unit/executor/stage_records_test.cpp
  USES executor)
runneriq_test(executor_energy_test LABEL integration
  SOURCES ${PROJECT_SOURCE_DIR}/apps/executor/host_use.cpp integration/energy_counters_test.cpp
  USES carbon_rapl executor platform)
if(RUNNERIQ_PROGRAMS AND TARGET runneriq-executor)
  add_test(NAME integration.energy
           COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider energy_test.py
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
  set_tests_properties(integration.energy PROPERTIES LABELS integration TIMEOUT 120)
  set_property(TEST integration.energy PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1
               RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
endif()
