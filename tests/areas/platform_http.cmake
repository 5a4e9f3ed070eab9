# Tests of what the platform does over the network, of the log and of what keeps secrets.
runneriq_test(platform_http_client_test LABEL integration
  SOURCES integration/platform_http_client_test.cpp integration/platform_http_tls_test.cpp
  USES platform_http_client)
runneriq_test(platform_http_server_test LABEL integration
  SOURCES integration/platform_http_server_test.cpp
  USES platform_http_client platform_http_server)
runneriq_test(platform_log_line_test LABEL unit SOURCES unit/platform/log_line_test.cpp USES platform_log)
runneriq_test(platform_log_test LABEL integration SOURCES integration/platform_log_test.cpp USES platform_log)
runneriq_test(platform_secrets_test LABEL integration
  SOURCES integration/platform_secrets_test.cpp
  USES platform platform_digest platform_random)
runneriq_test(secret_test LABEL unit SOURCES unit/core/secret_test.cpp USES core)
