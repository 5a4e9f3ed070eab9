# Tests of the scheduler service: its queue, its API and its state, over real sockets.
runneriq_test(admission_book_test LABEL unit SOURCES unit/scheduler/admission_book_test.cpp USES scheduler)
runneriq_test(fleet_api_test LABEL unit SOURCES unit/service/fleet_api_test.cpp USES service)
runneriq_test(fleet_service_test LABEL unit SOURCES unit/service/fleet_service_test.cpp USES service)
if(RUNNERIQ_PROGRAMS AND TARGET runneriq)
  foreach(name service_api reload)
    add_test(NAME integration.${name}
             COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider ${name}_test.py
             WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
    set_tests_properties(integration.${name} PROPERTIES LABELS integration TIMEOUT 240)
    set_property(TEST integration.${name} PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1
                 RUNNERIQ=$<TARGET_FILE:runneriq> RUNNERIQ_GITLAB_SIM=$<TARGET_FILE:runneriq-gitlab-sim>
                 RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
  endforeach()
  # The load of ./dev bench, never run by a test.
  add_executable(admissions_load bench/admissions_load.cpp)
  target_link_libraries(admissions_load PRIVATE project_settings project_warnings platform SQLite::SQLite3)
endif()
