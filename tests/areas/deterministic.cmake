# The whole writer on a virtual clock, in one process: gate, trust, leases and writes against the laws.
runneriq_test(steering_simulation_test LABEL property
  SOURCES
    simulation/crashes_test.cpp
    simulation/daemon.cpp
    simulation/daemon_calls.cpp
    simulation/daemon_laws.cpp
    simulation/disk.cpp
    simulation/findings_test.cpp
    simulation/mutants_test.cpp
    simulation/people.cpp
    simulation/random_scripts_test.cpp
    simulation/scripts.cpp
    simulation/simulation.cpp
    simulation/world.cpp
  USES scheduler_action_bridge)
# Much of the time goes into the world itself.
if(TARGET steering_simulation_test)
  target_compile_options(steering_simulation_test PRIVATE -O1)
endif()
