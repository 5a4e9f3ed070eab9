# The packages, installed in clean roots. The fixture `packages` builds them.
if(RUNNERIQ_STATIC)
  add_executable(older_state support/older_state.cpp)
  target_link_libraries(older_state PRIVATE project_settings project_warnings scheduler_sqlite scheduler_sqlite_fleet
                        carbon_sqlite)

  function(runneriq_packages_pytest name seconds)
    runneriq_pytest(${name} ${seconds})
    set_tests_properties(integration.${name} PROPERTIES FIXTURES_REQUIRED packages)
    set_property(TEST integration.${name} APPEND PROPERTY ENVIRONMENT
                 RUNNERIQ_PACKAGES=${CMAKE_BINARY_DIR}/packages RUNNERIQ_OLDER_STATE=$<TARGET_FILE:older_state>)
  endfunction()

  # Whichever comes first on a machine makes the base system, which takes minutes from a slow mirror, while the
  # others wait.
  runneriq_pytest(clean_root 1200)
  runneriq_packages_pytest(packages 1500)
  runneriq_packages_pytest(packages_upgrade 1500)
  runneriq_packages_pytest(packages_scheduler 1500)
  runneriq_packages_pytest(packages_rpm 1500)
  runneriq_packages_pytest(packages_systemd 1500)
  runneriq_packages_pytest(booted_scheduler 1500)
endif()
