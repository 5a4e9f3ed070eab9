# Tests of what a service stands on: webhooks, the guard of requests, and what the platform gives for it.
runneriq_test(webhook_test LABEL unit
  SOURCES unit/gitlab/hook_origins_test.cpp unit/gitlab/webhook_test.cpp
  USES gitlab)
runneriq_test(service_intake_test LABEL unit
  SOURCES unit/service/request_guard_test.cpp unit/service/webhook_intake_test.cpp
  USES service_intake)
runneriq_test(platform_codes_test LABEL unit
  SOURCES unit/platform/base64_test.cpp
  USES platform platform_keyed_digest)
runneriq_test(platform_http_service_test LABEL integration
  SOURCES integration/platform_http_service_test.cpp
  USES platform_http_client platform_http_server)
runneriq_test(platform_service_test LABEL integration
  SOURCES integration/platform_service_test.cpp
  USES platform)
