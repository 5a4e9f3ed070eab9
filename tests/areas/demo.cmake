# Tests of the demo of the whole, which needs all programs. Its runs go on together and mostly wait.
if(TARGET runneriq)
  runneriq_fleet_pytest(demo 300)
endif()
