// Which GitLabs to watch, and how gently; and the rows of the option table for it.
#pragma once

#include "core/option.hpp"
#include "core/time.hpp"

#include <string>
#include <vector>

namespace runneriq::gitlab {

// One GitLab and the part of it that is watched: one project, one group with its projects, or
// (both empty) all that the token may see.
struct FleetOptions {
  std::string name = {};     // "" = the first one, whose token is GITLAB_TOKEN; else GITLAB_TOKEN_<NAME>
  std::string url = {};      // "https://gitlab.example.com", a path below it allowed; no slash at the end
  std::string project = {};  // id or full path
  std::string group = {};    // id or full path
  std::string ca_file = {};  // PEM; "" = the system's
};

struct ClientOptions {
  FleetOptions fleet;                // gitlab.{url, project, group, ca_file}
  std::vector<FleetOptions> others;  // gitlab.fleets.<name>.{url, project, group, ca_file}
  int calls_per_minute = 60;         // at least 30 per poll
  Duration call_limit = std::chrono::seconds{15};
  Duration tick_limit = std::chrono::seconds{25};  // all calls of one tick together
  bool graphql = true;
};

// The fleets that have an address.
std::vector<FleetOptions> fleets(const ClientOptions& options);

// gitlab.* ; `options` must outlive the rows.
Options option_rows(ClientOptions& options);

}  // namespace runneriq::gitlab
