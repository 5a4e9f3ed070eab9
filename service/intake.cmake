add_layer(service_intake
  SOURCES request_guard.cpp webhook_intake.cpp webhook_proof.cpp
  USES core gitlab platform platform_keyed_digest service_exchange)
