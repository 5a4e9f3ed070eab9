# abseil_time: Abseil's time zones as archives, so that the programs need no shared object of it at run time.
# Abseil's own CMake files name the shared ones.
add_library(abseil_time INTERFACE)
foreach(part time civil_time strings strings_internal base spinlock_wait int128 throw_delegate
             raw_logging_internal log_severity time_zone)
  find_library(ABSEIL_${part}_ARCHIVE libabsl_${part}.a)
  if(NOT ABSEIL_${part}_ARCHIVE)
    message(FATAL_ERROR "Abseil is missing (libabsl_${part}.a): install libabsl-dev; ./dev build does")
  endif()
  target_link_libraries(abseil_time INTERFACE ${ABSEIL_${part}_ARCHIVE})
endforeach()
