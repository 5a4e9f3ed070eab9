# Tests of what is taken out of logs before they are kept or sent.
runneriq_test(redaction_test LABEL unit SOURCES unit/diagnosis/redaction_test.cpp USES diagnosis)
runneriq_test(redaction_laws_test LABEL property SOURCES property/redaction_test.cpp USES diagnosis)
