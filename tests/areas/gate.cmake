# Tests of the fleet gate.
runneriq_test(gate_test LABEL unit
  SOURCES
    unit/scheduler/gate_cover_test.cpp
    unit/scheduler/gate_cuts_test.cpp
    unit/scheduler/gate_grants_test.cpp
    unit/scheduler/gate_options_test.cpp
    unit/scheduler/gate_phantoms_test.cpp
    unit/scheduler/gate_waiters_test.cpp
    unit/scheduler/lanes_test.cpp
  USES scheduler)
runneriq_test(gate_laws_test LABEL property SOURCES property/gate_laws_test.cpp USES scheduler)
