# Tests of the rules and of the classes that they tell, and the evaluation of these on labelled logs.
runneriq_test(diagnosis_rules_test LABEL unit
  SOURCES
    unit/diagnosis/classification_test.cpp
    unit/diagnosis/failure_reasons_test.cpp
    unit/diagnosis/rule_book_test.cpp
    unit/diagnosis/rules_test.cpp
  USES diagnosis re2_archive)
if(RUNNERIQ_PROGRAMS)
  runneriq_test(failure_classes_evaluation LABEL evaluation
    SOURCES
      evaluation/failure_classes.cpp
      evaluation/failure_classes_test.cpp
      evaluation/log_chunks.cpp
      evaluation/recordings.cpp
    USES carbon diagnosis platform_digest platform)
  target_compile_definitions(failure_classes_evaluation PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  runneriq_test(decision_share_evaluation LABEL evaluation
    SOURCES
      evaluation/decision_share_test.cpp
      evaluation/log_chunks.cpp
      evaluation/recordings.cpp
    USES advisor carbon diagnosis platform_digest platform)
  target_compile_definitions(decision_share_evaluation PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
