# Tests of leases, trust and what is kept of them.
runneriq_test(leases_test LABEL unit
  SOURCES
    unit/scheduler/leases_test.cpp
    unit/scheduler/proposals_test.cpp
    unit/scheduler/trust_test.cpp
  USES scheduler platform_digest)
runneriq_test(lease_laws_test LABEL property SOURCES property/lease_laws_test.cpp USES scheduler)
runneriq_test(steering_state_test LABEL integration
  SOURCES integration/steering_state_test.cpp
  USES scheduler_sqlite_fleet platform_digest)
