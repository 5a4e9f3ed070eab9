# Tests of the search for the lines that say why, and its evaluation on labelled logs.
runneriq_test(root_cause_test LABEL unit
  SOURCES unit/diagnosis/decoys_test.cpp unit/diagnosis/root_cause_test.cpp
  USES diagnosis)
runneriq_test(root_cause_laws_test LABEL property
  SOURCES property/root_cause_test.cpp
  USES diagnosis)
# Reads logs that are no part of the project; its tests are skipped where there are none. fit_ranking fits the
# weights of the ranking on them anew.
if(RUNNERIQ_PROGRAMS)
  runneriq_test(log_chunks_evaluation LABEL evaluation
    SOURCES
      evaluation/chunk_scores.cpp
      evaluation/log_chunks.cpp
      evaluation/log_chunks_test.cpp
      evaluation/recordings.cpp
    USES diagnosis carbon platform platform_digest)
  add_executable(fit_ranking EXCLUDE_FROM_ALL
    evaluation/chunk_scores.cpp
    evaluation/fit_ranking.cpp
    evaluation/log_chunks.cpp
    evaluation/recordings.cpp)
  target_link_libraries(fit_ranking PRIVATE project_settings project_warnings diagnosis carbon platform
                        platform_digest GTest::gtest)
  foreach(program log_chunks_evaluation fit_ranking)
    target_compile_definitions(${program} PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_compile_options(${program} PRIVATE -O2)
  endforeach()
endif()
