# Tests of the core area.
runneriq_test(core_test LABEL unit
  SOURCES
    unit/core/exit_status_test.cpp
    unit/core/glob_test.cpp
    unit/core/json_text_test.cpp
    unit/core/lines_test.cpp
    unit/core/loopback_test.cpp
    unit/core/option_test.cpp
    unit/core/passing_error_test.cpp
    unit/core/printable_test.cpp
    unit/core/text_cut_test.cpp
    unit/core/time_test.cpp
    unit/core/words_test.cpp
    unit/core/utf8_test.cpp
  USES core)
runneriq_test(core_laws_test LABEL property SOURCES property/core_laws_test.cpp USES core)
