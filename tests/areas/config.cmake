# Tests of the config area.
runneriq_test(config_test LABEL unit
  SOURCES
    unit/config/configuration_test.cpp
    unit/config/nearest_test.cpp
    unit/config/yaml/document_test.cpp
  USES config_yaml)
runneriq_test(parsers_laws_test LABEL property
  SOURCES property/parsers_laws_test.cpp
  USES config_yaml executor gitlab)
runneriq_test(options_reference_test LABEL unit SOURCES unit/config/options_reference_test.cpp
  ${PROJECT_SOURCE_DIR}/apps/runneriq/relay_options.cpp ${PROJECT_SOURCE_DIR}/apps/runneriq/service_options.cpp
  USES advisor cli config diagnosis executor gitlab scheduler)
if(TARGET options_reference_test)
  target_compile_definitions(options_reference_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
