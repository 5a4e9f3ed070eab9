// What can be configured about `run --listen`.
#pragma once

#include "core/option.hpp"

#include <string>
#include <vector>

namespace runneriq::app {

struct ServiceOptions {
  // Who may ask over a Unix socket, beside root and ourselves: names or numbers of users.
  std::vector<std::string> users = {"gitlab-runner"};
  // Who may decide on approvals over it, beside root and ourselves.
  std::vector<std::string> approvers;
  std::vector<std::string> hosts;  // names of this service beside loopback's, as callers over TCP write them
  std::string tls_certificate;     // PEM, the chain; "" = no TLS, so TCP only on loopback
  std::string tls_key;             // PEM, not to be read by others
};

// The rows of `options`, which must outlive them.
Options option_rows(ServiceOptions& options);

}  // namespace runneriq::app
