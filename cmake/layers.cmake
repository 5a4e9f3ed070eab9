# add_layer(NAME SOURCES file... [USES target...]): one folder of the project as a static library.
# Without the programs only what the tests link is built.
function(add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC project_settings ${arg_USES} PRIVATE project_warnings)
  if(RUNNERIQ_COVERAGE)
    target_compile_options(${name} PRIVATE --coverage)
    target_link_options(${name} PUBLIC --coverage)
  endif()
  if(NOT RUNNERIQ_PROGRAMS)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()
