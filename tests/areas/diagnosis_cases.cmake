# Tests of what diagnosis makes of a log: diagnoses, culprits, notes and issues.
runneriq_test(diagnosis_cases_test LABEL unit
  SOURCES
    unit/diagnosis/culprit_test.cpp
    unit/diagnosis/diagnosis_test.cpp
    unit/diagnosis/gaps_test.cpp
    unit/diagnosis/inquiry_queue_test.cpp
    unit/diagnosis/unified_diff_test.cpp
  USES config_yaml diagnosis)
