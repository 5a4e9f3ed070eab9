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
