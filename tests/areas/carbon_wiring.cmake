# Tests of what joins carbon to the fleet: the ledger's books, waiting in admission.
runneriq_test(carbon_wiring_test LABEL unit
  SOURCES unit/scheduler/carbon_books_test.cpp unit/scheduler/green_wait_test.cpp
  USES scheduler service)
