# Every command of the README and the guide, on machines with the packages.
if(RUNNERIQ_STATIC)
  runneriq_packaging_pytest(walk 600)
endif()
