# Tests of what is believed of the grid, of fetching it, and of carbon's options.
runneriq_test(carbon_test LABEL unit
  SOURCES
    unit/carbon/fetching_test.cpp
    unit/carbon/grid_outlook_test.cpp
    unit/carbon/options_test.cpp
    unit/carbon/outlook_test.cpp
    unit/carbon/series_test.cpp
    unit/carbon/zones_test.cpp
  USES carbon)
runneriq_test(carbon_series_test LABEL property SOURCES property/carbon_series_test.cpp USES carbon)
