# Tests of alerting in a running fleet, as built programs.
runneriq_fleet_pytest(alert_fleet 300)
