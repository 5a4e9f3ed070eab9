# Tests of steering as built programs, in real processes: what becomes of jobs, of tags and of trust.
if(RUNNERIQ_PROGRAMS AND TARGET runneriq)
  function(runneriq_steering_pytest name seconds)
    add_test(NAME integration.steering_${name}
             COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider steering_${name}_test.py
             WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/integration)
    set_tests_properties(integration.steering_${name} PROPERTIES LABELS integration TIMEOUT ${seconds})
    set_property(TEST integration.steering_${name} PROPERTY ENVIRONMENT
                 PYTHONDONTWRITEBYTECODE=1 RUNNERIQ=$<TARGET_FILE:runneriq>
                 RUNNERIQ_GITLAB_SIM=$<TARGET_FILE:runneriq-gitlab-sim>
                 RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
  endfunction()

  runneriq_steering_pytest(advisory 240)
  runneriq_steering_pytest(kill 300)
  runneriq_steering_pytest(order 300)
  runneriq_steering_pytest(outage 300)
  runneriq_steering_pytest(reaction 240)
  runneriq_steering_pytest(safety 400)
  runneriq_steering_pytest(trust 300)
endif()
