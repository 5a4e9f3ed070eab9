// What can be configured about `runneriq relay`.
#pragma once

#include "core/option.hpp"

#include <string>

namespace runneriq::app {

struct RelayOptions {
  std::string url;                     // of the fleet's service: https, or http on loopback
  std::string ca_file;                 // "" = the system's
  std::string user = "gitlab-runner";  // whose executors may ask, beside root's and our own
};

// The rows of `options`, which must outlive them.
Options option_rows(RelayOptions& options);

}  // namespace runneriq::app
