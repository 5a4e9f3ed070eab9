# The packages and what is in them. The test package.build makes them for all tests with FIXTURES_REQUIRED packages.
if(RUNNERIQ_STATIC)
  add_test(NAME package.build COMMAND ${PROJECT_SOURCE_DIR}/packaging/make-packages ${PROJECT_BINARY_DIR})
  set_tests_properties(package.build PROPERTIES LABELS package FIXTURES_SETUP packages RESOURCE_LOCK packages TIMEOUT 600
                       COST 2000)

  function(runneriq_packaging_pytest name seconds)
    runneriq_fleet_pytest(${name} ${seconds})
    set_tests_properties(integration.${name} PROPERTIES FIXTURES_REQUIRED packages)
    set_property(TEST integration.${name} APPEND PROPERTY ENVIRONMENT RUNNERIQ_PACKAGES=${PROJECT_BINARY_DIR}/packages)
  endfunction()

  runneriq_packaging_pytest(package_lint 600)
  runneriq_packaging_pytest(service_unit 240)
endif()
