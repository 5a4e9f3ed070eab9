# Tests of the integration area: one ctest test per pytest file, against the built binary. What may take longest
# begins first, so that no long one runs alone at the end.
function(runneriq_pytest name seconds)
  add_test(NAME integration.${name}
           COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider ${name}_test.py
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
  set_tests_properties(integration.${name} PROPERTIES LABELS integration TIMEOUT ${seconds} COST ${seconds})
  set_property(TEST integration.${name} PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endfunction()

runneriq_pytest(harness 120)
runneriq_pytest(coordinator 60)

if(TARGET runneriq-executor)
  function(runneriq_executor_pytest name seconds)
    runneriq_pytest(${name} ${seconds})
    set_property(TEST integration.${name} APPEND PROPERTY
                 ENVIRONMENT RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
  endfunction()

  runneriq_executor_pytest(exit_codes 240)
  runneriq_executor_pytest(ordering 240)
  runneriq_executor_pytest(sources 120)
  runneriq_executor_pytest(admission 240)
  runneriq_executor_pytest(crash 240)
  runneriq_executor_pytest(termination 240)
  runneriq_executor_pytest(cleanup 240)
  runneriq_executor_pytest(fail_open 240)
  runneriq_executor_pytest(bad_input 300)
  runneriq_executor_pytest(isolation 240)
  runneriq_executor_pytest(hostile_jobs 240)
  runneriq_executor_pytest(doctor 120)
  runneriq_executor_pytest(real_runner 240)
endif()
