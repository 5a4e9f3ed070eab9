# Tests of the stages of alerting, and of what comes out of them.
runneriq_test(alerting_engine_test LABEL unit
  SOURCES
    unit/alerting/noise_hidden_test.cpp
    unit/alerting/noise_reduction_test.cpp
    unit/alerting/noise_tests_test.cpp
    unit/alerting/notification_test.cpp
    unit/alerting/replay_test.cpp
  USES alerting)
runneriq_test(noise_reduction_laws_test LABEL property SOURCES property/noise_reduction_test.cpp USES alerting)
