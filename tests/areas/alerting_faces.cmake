# Tests of how alerting is shown: the digest, the metrics, the commands and doctor.
runneriq_test(alerting_digest_test LABEL unit
  SOURCES
    unit/alerting/digest_test.cpp
    unit/alerting/round_book_test.cpp
  USES alerting)
runneriq_test(alert_metrics_test LABEL unit
  SOURCES unit/service/alert_metrics_test.cpp unit/service/diagnosis_metrics_test.cpp
  USES service)
runneriq_test(alert_commands_test LABEL unit
  SOURCES
    unit/cli/advisor_doctor_test.cpp
    unit/cli/alert_doctor_test.cpp
    unit/cli/alerts_commands_test.cpp
    unit/cli/alerts_silence_test.cpp
  USES cli)
