# Tests of energy, ledger and sums, and of the file that keeps them.
runneriq_test(carbon_books_test LABEL unit
  SOURCES
    unit/carbon/energy_test.cpp
    unit/carbon/ledger_test.cpp
    unit/carbon/summary_test.cpp
  USES carbon)
runneriq_test(carbon_ledger_laws_test LABEL property
  SOURCES property/carbon_ledger_test.cpp
  USES carbon)
runneriq_test(carbon_state_test LABEL integration
  SOURCES integration/carbon_state_test.cpp
  USES carbon_sqlite)
