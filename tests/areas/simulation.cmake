# Tests of the discrete-event simulation of a fleet.
runneriq_test(simulation_test LABEL unit
  SOURCES
    unit/simulation/dispatch_test.cpp
    unit/simulation/experiment_test.cpp
    unit/simulation/load_test.cpp
    unit/simulation/random_test.cpp
    unit/simulation/trace_test.cpp
  USES simulation)
runneriq_test(simulation_laws_test LABEL property SOURCES property/simulation_laws_test.cpp USES simulation)
runneriq_test(simulate_command_test LABEL unit SOURCES unit/cli/simulate_test.cpp USES cli)
