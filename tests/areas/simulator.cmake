# Tests of the simulated GitLab.
runneriq_test(simulator_test LABEL unit
  SOURCES
    unit/config/yaml/yaml_json_test.cpp
    unit/gitlab/simulator/access_test.cpp
    unit/gitlab/simulator/api_test.cpp
    unit/gitlab/simulator/dispatch_test.cpp
    unit/gitlab/simulator/scenario_test.cpp
  USES config_yaml gitlab_simulated_site)
