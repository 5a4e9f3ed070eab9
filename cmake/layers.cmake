# SMALL: what runs once for a command or waits for a network is compiled for size, so that the package of
# runneriq stays below 5 MB; -O2 makes a third more of it.
function(compile_small name)
  if(RUNNERIQ_HARDENED)
    target_compile_options(${name} PRIVATE -Os)
  endif()
endfunction()

# add_program(NAME [WHOLE] [SMALL] SOURCES file... USES target...): a program that is installed.
# The release preset links a WHOLE one fully static, as a shared object costs more to load than all that a
# stage of a job does. Another one is for many distributions: it links statically what they do not all have
# under the same name, so also libstdc++; but not libgcc, whose archive asks for a newer C library than the
# oldest of them has. Both come stripped, with a map of what was linked for packaging/sbom.
function(add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE;SMALL" "" "SOURCES;USES")
  add_executable(${name} ${arg_SOURCES})
  if(arg_SMALL)
    compile_small(${name})
  endif()
  target_link_libraries(${name} PRIVATE project_settings project_warnings project_hardening project_assertions
                        project_version
                        ${arg_USES})
  if(RUNNERIQ_STATIC AND arg_WHOLE)
    target_link_options(${name} PRIVATE -static-pie -Wl,--gc-sections -Wl,-z,pack-relative-relocs)
  elseif(RUNNERIQ_STATIC)
    target_link_options(${name} PRIVATE -static-libstdc++ -Wl,--gc-sections)
  endif()
  if(RUNNERIQ_STATIC)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/link_maps)
    target_link_options(${name} PRIVATE -Wl,-z,relro -Wl,-z,now
                        -Wl,-Map=${PROJECT_BINARY_DIR}/link_maps/${name}.map)
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_STRIP} --strip-unneeded --remove-section=.comment --remove-section=.note $<TARGET_FILE:${name}>)
  endif()
endfunction()

# add_layer(NAME [SMALL] [HOT] SOURCES file... [USES target...]): one folder of the project as a static library.
# HOT: what every tick runs through, whose library containers do not check themselves.
# Without the programs only what the tests link is built.
function(add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SMALL;HOT" "" "SOURCES;USES")
  add_library(${name} STATIC ${arg_SOURCES})
  if(arg_SMALL)
    compile_small(${name})
  endif()
  target_link_libraries(${name} PUBLIC project_settings ${arg_USES} PRIVATE project_warnings project_hardening)
  if(NOT arg_HOT)
    target_link_libraries(${name} PRIVATE project_assertions)
  endif()
  if(RUNNERIQ_COVERAGE)
    target_compile_options(${name} PRIVATE --coverage)
    target_link_options(${name} PUBLIC --coverage)
  endif()
  if(NOT RUNNERIQ_PROGRAMS)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()
