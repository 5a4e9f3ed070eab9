# Tests of the outbox, and of the file that keeps what alerting knows.
runneriq_test(alerting_outbox_test LABEL unit SOURCES unit/alerting/outbox_test.cpp USES alerting)
runneriq_test(alert_state_test LABEL integration
  SOURCES integration/alert_state_test.cpp integration/alert_state_file_test.cpp
          integration/alert_outbox_test.cpp
  USES alerting_sqlite)
runneriq_test(alert_outbox_kill_test LABEL integration
  SOURCES integration/alert_outbox_kill_test.cpp
  USES alerting_sqlite)
