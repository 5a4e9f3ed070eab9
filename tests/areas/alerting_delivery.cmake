# Tests of getting messages to their receivers.
runneriq_test(alerting_delivery_test LABEL unit
  SOURCES
    unit/alerting/delivery_test.cpp
    unit/alerting/receiver_courier_test.cpp
  USES alerting_http scheduler)
runneriq_test(alerting_letters_test LABEL unit
  SOURCES
    unit/alerting/alertmanager_test.cpp
    unit/alerting/email_test.cpp
    unit/alerting/gitlab_issue_test.cpp
    unit/alerting/webhook_test.cpp
  USES alerting_receivers)
runneriq_test(mail_client_test LABEL integration
  SOURCES integration/mail_client_test.cpp
  USES platform_mail_client)
if(TARGET mail_client_test)
  target_compile_definitions(mail_client_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
runneriq_test(alert_delivery_test LABEL integration
  SOURCES integration/alert_delivery_test.cpp
  USES alerting_http alerting_receivers platform_http_client platform_mail_client scheduler)
if(TARGET alert_delivery_test)
  target_compile_definitions(alert_delivery_test PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
