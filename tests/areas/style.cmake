# Tests of the style area: the tree itself, and that the rules find what they are for.
function(runneriq_style_test name file)
  add_test(NAME ${name} COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/style/${file})
  set_tests_properties(${name} PROPERTIES LABELS style TIMEOUT 60)
endfunction()

runneriq_style_test(Style.TheTreeKeepsTheRules layers_test.py)
runneriq_style_test(Style.PlantedFaultsAreFound planted_faults_test.py)
runneriq_style_test(Style.SecretsAreFound find_secrets_test.py)
