# Tests of the flaky detector and of outages, and the made day on which all stages are measured.
runneriq_test(alerting_flaky_test LABEL unit
  SOURCES
    unit/alerting/flaky_test.cpp
    unit/alerting/outages_test.cpp
  USES alerting)
runneriq_test(alerting_flaky_laws_test LABEL property
  SOURCES property/flaky_test.cpp
  USES alerting)
# Also run by ./dev bench, which prints its table.
if(RUNNERIQ_PROGRAMS)
  runneriq_test(alerting_day_test LABEL evaluation
    SOURCES
      evaluation/alerting_day_test.cpp
      evaluation/flaky_days_test.cpp
      support/made_day.cpp
    USES alerting)
  target_compile_options(alerting_day_test PRIVATE -O2)
endif()
# A storm through the four stages; also run by ./dev bench.
if(benchmark_FOUND)
  add_executable(alerting_bench bench/alerting_bench.cpp)
  target_link_libraries(alerting_bench PRIVATE project_settings project_warnings alerting benchmark::benchmark)
endif()
