# Tests of the fleet's decisions: monitor, assigner, tick.
runneriq_test(fleet_test LABEL unit
  SOURCES
    unit/scheduler/advisor_test.cpp
    unit/scheduler/assigner_carbon_test.cpp
    unit/scheduler/assigner_test.cpp
    unit/scheduler/calibration_test.cpp
    unit/scheduler/monitor_test.cpp
    unit/scheduler/runner_score_test.cpp
    unit/scheduler/tick_test.cpp
  USES scheduler)
runneriq_test(fleet_laws_test LABEL property SOURCES property/fleet_laws_test.cpp USES scheduler)
