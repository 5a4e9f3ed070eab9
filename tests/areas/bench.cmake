# The reference program of the benchmarks; run by ./dev bench, never by a test.
if(RUNNERIQ_STATIC)
  add_executable(spawn_floor bench/spawn_floor.cpp)
  target_link_libraries(spawn_floor PRIVATE project_settings project_warnings)
  target_link_options(spawn_floor PRIVATE -static)
endif()
# The decisions of a tick, in CPU time; also run by ./dev bench.
find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(decisions_bench bench/decisions_bench.cpp)
  target_link_libraries(decisions_bench PRIVATE project_settings project_warnings scheduler benchmark::benchmark)
endif()
