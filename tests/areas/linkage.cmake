# How the programs of the release preset are linked, and what is said to be in them.
if(RUNNERIQ_STATIC AND TARGET runneriq)
  runneriq_fleet_pytest(linkage 120)
  runneriq_fleet_pytest(sbom 120)
endif()
