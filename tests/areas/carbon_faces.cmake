# Tests of how carbon is shown: the commands, the API, the metrics and doctor.
runneriq_test(carbon_faces_test LABEL unit
  SOURCES unit/cli/carbon_doctor_test.cpp unit/cli/carbon_test.cpp
  USES cli)
runneriq_test(carbon_api_test LABEL unit SOURCES unit/service/carbon_api_test.cpp USES service)
