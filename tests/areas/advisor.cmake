# Tests of what models are asked, and of what may come of their answers.
runneriq_test(advisor_test LABEL unit
  SOURCES
    unit/advisor/breaker_test.cpp
    unit/advisor/budget_test.cpp
    unit/advisor/consultation_test.cpp
    unit/advisor/duration_test.cpp
    unit/advisor/models_test.cpp
    unit/advisor/options_test.cpp
    unit/advisor/plain_text_test.cpp
    unit/advisor/question_test.cpp
    unit/advisor/tie_break_test.cpp
    unit/advisor/triage_test.cpp
  USES advisor)
runneriq_test(advisor_laws_test LABEL property
  SOURCES
    property/advisor_budget_test.cpp
    property/advisor_injection_test.cpp
    property/advisor_malice_test.cpp
  USES advisor)
