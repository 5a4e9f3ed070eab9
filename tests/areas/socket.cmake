# Tests of the executor's side of the scheduler service, and of the relay.
runneriq_test(service_desk_test LABEL unit
  SOURCES
    unit/executor/outcome_delivery_test.cpp
    unit/executor/service_desk_test.cpp
    unit/scheduler/admission_document_test.cpp
  USES executor)
runneriq_test(host_state_turns_test LABEL integration
  SOURCES integration/host_state_turns_test.cpp USES scheduler_sqlite)
if(RUNNERIQ_PROGRAMS AND TARGET runneriq-executor)
  add_test(NAME integration.service_desk
           COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider service_desk_test.py
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
  set_tests_properties(integration.service_desk PROPERTIES LABELS integration TIMEOUT 240)
  set_property(TEST integration.service_desk PROPERTY
               ENVIRONMENT PYTHONDONTWRITEBYTECODE=1 RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
endif()
if(RUNNERIQ_PROGRAMS AND TARGET runneriq)
  add_test(NAME integration.relay
           COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider relay_test.py
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
  set_tests_properties(integration.relay PROPERTIES LABELS integration TIMEOUT 240)
  set_property(TEST integration.relay PROPERTY
               ENVIRONMENT PYTHONDONTWRITEBYTECODE=1 RUNNERIQ=$<TARGET_FILE:runneriq>)
endif()
