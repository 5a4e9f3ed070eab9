# Tests of what is said in messages, and of the receivers that people chat or are called on.
runneriq_test(alerting_text_test LABEL unit
  SOURCES
    unit/alerting/message_text_test.cpp
    unit/alerting/receiver_test.cpp
  USES alerting)
runneriq_test(alerting_chat_test LABEL unit
  SOURCES
    unit/alerting/discord_test.cpp
    unit/alerting/pagerduty_test.cpp
    unit/alerting/slack_test.cpp
    unit/alerting/teams_test.cpp
  USES alerting_receivers)
runneriq_test(receiver_limits_test LABEL property
  SOURCES property/receiver_limits_test.cpp
  USES alerting_receivers)
