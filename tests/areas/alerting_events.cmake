# Tests of what alerting hears: events, their labels, class and signature.
runneriq_test(alerting_events_test LABEL unit
  SOURCES
    unit/alerting/classifier_test.cpp
    unit/alerting/event_document_test.cpp
    unit/alerting/event_test.cpp
    unit/alerting/labels_test.cpp
    unit/alerting/matcher_test.cpp
    unit/alerting/waiting_events_test.cpp
  USES alerting)
runneriq_test(diagnosis_test LABEL unit SOURCES unit/diagnosis/signature_test.cpp USES diagnosis)
runneriq_test(signature_laws_test LABEL property SOURCES property/signature_test.cpp USES diagnosis)
