# Everything that holds for all targets: language, warnings, sanitizers, where binaries go.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_SKIP_RPATH ON)

option(RUNNERIQ_TESTS "Build the tests" ON)
option(RUNNERIQ_PROGRAMS "Build the programs, and the integration and style tests" ON)
option(RUNNERIQ_UNIT_TESTS "Build the unit and property tests" ON)
option(RUNNERIQ_COVERAGE "Count which lines of the layers are run" OFF)
option(RUNNERIQ_STATIC "Link the executor statically" OFF)
set(RUNNERIQ_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(project_settings INTERFACE)
target_include_directories(project_settings INTERFACE ${PROJECT_SOURCE_DIR})
configure_file(${PROJECT_SOURCE_DIR}/core/version.hpp.in ${PROJECT_BINARY_DIR}/generated/core/version.hpp @ONLY)
add_library(project_version INTERFACE)
target_include_directories(project_version INTERFACE ${PROJECT_BINARY_DIR}/generated)
if(RUNNERIQ_SANITIZE)
  target_compile_options(project_settings INTERFACE
    -fsanitize=${RUNNERIQ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # These two checks stand at every access and are a fifth of the time to compile. The address sanitizer stops at a
  # null pointer, too, and nothing here makes pointers of bytes.
  if(RUNNERIQ_SANITIZE MATCHES undefined)
    target_compile_options(project_settings INTERFACE -fno-sanitize=null,alignment)
  endif()
  target_link_options(project_settings INTERFACE -fsanitize=${RUNNERIQ_SANITIZE})
  # GCC's thread sanitizer does not know fences, of which Asio has one; it warns of each.
  if(RUNNERIQ_SANITIZE STREQUAL thread)
    target_compile_options(project_settings INTERFACE -Wno-tsan)
  endif()
  # GCC's manual: with sanitizers this warning has false positives, here in <regex>.
  target_compile_options(project_settings INTERFACE -Wno-maybe-uninitialized)
endif()

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough -Werror)
# g++ 12 reports "literal" + string as overlapping copies (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(project_warnings INTERFACE -Wno-restrict)
endif()
