# The pages: what they link to and name is there, and their tables are what the programs print.
if(TARGET runneriq AND TARGET runneriq-executor)
  runneriq_fleet_pytest(docs 60)
  runneriq_fleet_pytest(capacity 240)
endif()
