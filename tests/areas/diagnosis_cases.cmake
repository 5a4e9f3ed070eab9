# Tests of what diagnosis makes of a log: diagnoses, culprits, notes and issues.
runneriq_test(diagnosis_cases_test LABEL unit
  SOURCES
    unit/diagnosis/culprit_test.cpp
    unit/diagnosis/diagnosis_test.cpp
    unit/diagnosis/gaps_test.cpp
    unit/diagnosis/inquiry_queue_test.cpp
    unit/diagnosis/inquiry_test.cpp
    unit/diagnosis/posting_test.cpp
    unit/diagnosis/report_test.cpp
    unit/diagnosis/unified_diff_test.cpp
  USES config_yaml diagnosis)
runneriq_test(diagnosis_report_laws_test LABEL property SOURCES property/report_test.cpp USES diagnosis)
runneriq_test(diagnose_command_test LABEL unit
  SOURCES
    unit/cli/diagnose_subject_test.cpp
    unit/cli/diagnose_test.cpp
  USES cli)
