# Tests of the deferral, and the evaluation on recorded traces.
runneriq_test(carbon_deferral_test LABEL unit
  SOURCES unit/carbon/deferral_test.cpp
  USES carbon)
runneriq_test(carbon_deferral_laws_test LABEL property
  SOURCES property/carbon_deferral_test.cpp
  USES carbon)
# Reads recordings that are no part of the project; its tests are skipped where there are none. Also run by
# ./dev bench, which prints its table.
if(RUNNERIQ_PROGRAMS)
  runneriq_test(carbon_evaluation LABEL evaluation
    SOURCES
      evaluation/figures.cpp
      evaluation/gaia_test.cpp
      evaluation/hindsight.cpp
      evaluation/lets_wait_awhile_test.cpp
      evaluation/recordings.cpp
      evaluation/spatial_test.cpp
      evaluation/temporal_test.cpp
    USES carbon)
  target_compile_definitions(carbon_evaluation PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_compile_options(carbon_evaluation PRIVATE -O2)
endif()
