# Tests of what decides who is told of a failure, and when: rules, silences, inhibition, routes, hours, options.
runneriq_test(alerting_rules_test LABEL unit
  SOURCES
    unit/alerting/active_time_test.cpp
    unit/alerting/inhibition_test.cpp
    unit/alerting/options_test.cpp
    unit/alerting/routing_test.cpp
    unit/alerting/suppression_test.cpp
  USES alerting)
runneriq_test(alerting_time_zones_test LABEL unit
  SOURCES unit/alerting/time_zone_database_test.cpp
  USES alerting_abseil)
runneriq_test(alerting_active_time_test LABEL property
  SOURCES property/active_time_test.cpp
  USES alerting_abseil)
