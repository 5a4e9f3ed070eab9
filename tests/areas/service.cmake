# Tests of the scheduler service: its queue, its API and its state, over real sockets.
runneriq_test(admission_book_test LABEL unit SOURCES unit/scheduler/admission_book_test.cpp USES scheduler)
runneriq_test(fleet_api_test LABEL unit SOURCES unit/service/fleet_api_test.cpp USES service)
