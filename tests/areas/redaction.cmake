# Tests of what is taken out of logs before they are kept or sent.
runneriq_test(redaction_test LABEL unit
  SOURCES
    evaluation/secret_samples.cpp
    unit/diagnosis/known_secrets_test.cpp
    unit/diagnosis/personal_test.cpp
    unit/diagnosis/redaction_test.cpp
    unit/diagnosis/token_table_test.cpp
  USES diagnosis)
runneriq_test(redaction_laws_test LABEL property
  SOURCES
    evaluation/secret_samples.cpp
    property/redaction_test.cpp
    property/streaming_redaction_test.cpp
  USES diagnosis)
# Prints recall on planted secrets, false alarms and speed; on recorded logs, too, where they are.
if(RUNNERIQ_PROGRAMS)
  runneriq_test(redaction_corpus LABEL evaluation SECONDS 600
    SOURCES
      evaluation/log_chunks.cpp
      evaluation/made_log.cpp
      evaluation/recordings.cpp
      evaluation/redaction_corpus_test.cpp
      evaluation/secret_samples.cpp
      evaluation/written_secret.cpp
    USES carbon diagnosis platform_digest platform)
  target_compile_definitions(redaction_corpus PRIVATE RUNNERIQ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()
