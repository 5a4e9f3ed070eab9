# Tests of those who tell intensities, and of asking them.
runneriq_test(carbon_sources_test LABEL unit
  SOURCES
    unit/carbon/demo/demo_grid_test.cpp
    unit/carbon/electricity_maps/electricity_maps_test.cpp
    unit/carbon/static_zones/static_zones_test.cpp
    unit/carbon/uk_grid/uk_grid_test.cpp
  USES carbon_sources)
runneriq_test(carbon_fetch_unit_test LABEL unit
  SOURCES unit/carbon/http/grid_fetch_test.cpp unit/carbon/provider_day_test.cpp
  USES carbon_http carbon_sources)
runneriq_test(carbon_fetch_test LABEL integration
  SOURCES integration/carbon_fetch_test.cpp
  USES carbon_http carbon_sources platform_http_client platform_http_server)
