# Tests of what speaks to providers of models, carries that, and keeps what it costs.
runneriq_test(advisor_providers_test LABEL unit
  SOURCES
    unit/advisor/anthropic_test.cpp
    unit/advisor/openai_test.cpp
    unit/advisor/reply_json_test.cpp
  USES advisor_providers)
runneriq_test(advisor_carrier_test LABEL integration
  SOURCES integration/advisor_carrier_test.cpp
  USES advisor_http advisor_providers)
runneriq_test(advisor_ledger_test LABEL integration
  SOURCES integration/advisor_ledger_test.cpp
  USES advisor_sqlite)
