# Tests of the scheduler area.
runneriq_test(scheduler_test LABEL unit
  SOURCES
    unit/scheduler/admission_test.cpp
    unit/scheduler/analyzer_test.cpp
    unit/scheduler/explanation_test.cpp
    unit/scheduler/facts_test.cpp
    unit/scheduler/fleet_options_test.cpp
    unit/scheduler/history_test.cpp
    unit/scheduler/job_class_test.cpp
    unit/scheduler/newcomers_test.cpp
    unit/scheduler/options_test.cpp
    unit/scheduler/reported_capacity_test.cpp
  USES scheduler)
runneriq_test(scheduler_laws_test LABEL property SOURCES property/scheduler_laws_test.cpp USES scheduler)
