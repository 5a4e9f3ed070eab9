# Tests of runneriq and the simulator as built programs, in real processes.
if(TARGET runneriq)
  function(runneriq_fleet_pytest name seconds)
    runneriq_pytest(${name} ${seconds})
    set_property(TEST integration.${name} APPEND PROPERTY ENVIRONMENT
                 RUNNERIQ=$<TARGET_FILE:runneriq> RUNNERIQ_GITLAB_SIM=$<TARGET_FILE:runneriq-gitlab-sim>
                 RUNNERIQ_EXECUTOR=$<TARGET_FILE:runneriq-executor>)
  endfunction()

  runneriq_fleet_pytest(fleet_answers 120)
  runneriq_fleet_pytest(strange_gitlabs 120)
  runneriq_fleet_pytest(fleet_daemon 240)
  runneriq_fleet_pytest(fleet_bad_input 240)
  runneriq_fleet_pytest(carbon_fleet 300)
endif()
runneriq_test(fleet_faults_test LABEL integration SECONDS 600
  SOURCES integration/fleet_faults_test.cpp
  USES scheduler gitlab_rest gitlab_simulator platform_http_client)
