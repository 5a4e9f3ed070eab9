# Tests of reading logs: cleaning, lines and their numbers, parts, commands, what is kept of long ones.
runneriq_test(diagnosis_reading_test LABEL unit
  SOURCES
    unit/diagnosis/log_cleaner_test.cpp
    unit/diagnosis/log_reader_commands_test.cpp
    unit/diagnosis/log_reader_hits_test.cpp
    unit/diagnosis/log_reader_parts_test.cpp
    unit/diagnosis/log_reader_test.cpp
    unit/diagnosis/templates_test.cpp
  USES diagnosis)
runneriq_test(log_reader_laws_test LABEL property SOURCES property/log_reader_test.cpp USES diagnosis)
# How fast logs are read, and in how much memory; run by ./dev bench, never by a test.
if(RUNNERIQ_PROGRAMS)
  add_executable(diagnosis_reading_bench bench/diagnosis_reading_bench.cpp)
  target_link_libraries(diagnosis_reading_bench PRIVATE project_settings project_warnings diagnosis)
endif()
