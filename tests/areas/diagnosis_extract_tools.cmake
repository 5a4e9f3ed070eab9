# Tests of the blocks that compilers, linters, package managers and tools leave in a log.
runneriq_test(diagnosis_extract_tools_test LABEL unit
  SOURCES
    unit/diagnosis/blocks_test.cpp
    unit/diagnosis/extract_compilers_test.cpp
    unit/diagnosis/extract_lint_test.cpp
    unit/diagnosis/extract_packages_test.cpp
    unit/diagnosis/extract_tools_test.cpp
  USES diagnosis)
