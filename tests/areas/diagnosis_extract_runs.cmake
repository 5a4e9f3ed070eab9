# Tests of what finds reports of failed tests, traces and assertions in a log.
runneriq_test(extract_tests_test LABEL unit SOURCES unit/diagnosis/extract_tests_test.cpp USES diagnosis)
runneriq_test(extract_traces_test LABEL unit SOURCES unit/diagnosis/extract_traces_test.cpp USES diagnosis)
