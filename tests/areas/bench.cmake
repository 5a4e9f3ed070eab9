# The reference program of the benchmarks; run by ./dev bench, never by a test.
if(RUNNERIQ_STATIC)
  add_executable(spawn_floor bench/spawn_floor.cpp)
  target_link_libraries(spawn_floor PRIVATE project_settings project_warnings)
  target_link_options(spawn_floor PRIVATE -static)
endif()
