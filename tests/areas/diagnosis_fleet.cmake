# Tests of diagnosis in a running fleet, as built programs.
runneriq_fleet_pytest(diagnosis_fleet 240)
