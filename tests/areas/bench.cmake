# What ./dev bench runs: references, and loads. No test but the counts of instructions runs any of it.
if(RUNNERIQ_STATIC)
  function(runneriq_floor name)
    add_executable(${name} bench/${name}.cpp)
    target_link_libraries(${name} PRIVATE project_settings project_warnings ${ARGN})
    target_link_options(${name} PRIVATE -static)
  endfunction()
  runneriq_floor(spawn_floor)
  runneriq_floor(commit_floor SQLite::SQLite3)
endif()
find_package(benchmark QUIET) # of alerting_bench

if(RUNNERIQ_PROGRAMS)
  add_library(decision_cases STATIC bench/decision_cases.cpp)
  target_link_libraries(decision_cases PRIVATE project_settings project_warnings PUBLIC scheduler)
  add_executable(decisions_bench bench/decisions_bench.cpp)
  target_link_libraries(decisions_bench PRIVATE project_settings project_warnings decision_cases)

  # Counted by callgrind and compared with tests/bench/instructions.json. Static, so that no loader and no
  # other version of a library is in the counts.
  find_path(RUNNERIQ_VALGRIND_INCLUDE valgrind/callgrind.h)
  if(RUNNERIQ_VALGRIND_INCLUDE AND RUNNERIQ_STATIC)
    add_executable(decision_instructions bench/decision_instructions.cpp)
    target_include_directories(decision_instructions SYSTEM PRIVATE ${RUNNERIQ_VALGRIND_INCLUDE})
    target_link_libraries(decision_instructions PRIVATE project_settings project_warnings decision_cases)
    target_link_options(decision_instructions PRIVATE -static)
    set(counted $<TARGET_FILE:decision_instructions>)
  endif()
  function(runneriq_bench_pytest name seconds)
    add_test(NAME bench.${name}
             COMMAND /usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider ${name}_test.py
             WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/bench)
    set_tests_properties(bench.${name} PROPERTIES LABELS regression TIMEOUT ${seconds})
    set_property(TEST bench.${name} PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1
                 RUNNERIQ_COMPILER=${CMAKE_CXX_COMPILER_ID}\ ${CMAKE_CXX_COMPILER_VERSION}
                 RUNNERIQ_INSTRUCTIONS=${counted})
  endfunction()
  runneriq_bench_pytest(table 30)
  runneriq_bench_pytest(instructions 600)
endif()
