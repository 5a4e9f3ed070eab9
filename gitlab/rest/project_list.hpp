// The projects of the fleet, and whose runners they are.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/graphql.hpp"
#include "gitlab/options.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/sender.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::gitlab {

class ProjectList {
 public:
  explicit ProjectList(const FleetOptions& fleet) : fleet_(fleet) {}

  // Asks for what is older than ten minutes.
  void ask(Sender& sender, Time now);
  // There may be more: the next ask() asks, however old the list is.
  void doubt() { doubted_ = true; }
  // By id; without the archived ones of a group.
  [[nodiscard]] const std::vector<Project>& projects() const;
  // None while the path of the project or group is not known.
  [[nodiscard]] std::optional<RunnerOwner> owner() const;
  [[nodiscard]] const Cached<std::vector<Project>>& list() const { return list_; }
  // The status behind the last failure; 0 = no answer.
  [[nodiscard]] int status() const { return status_; }
  void report(FleetReading& reading) const;

 private:
  void ask_group_path(Sender& sender, Time now);
  void assume();
  [[nodiscard]] bool lacks_known(const std::vector<Project>& projects) const;
  void take(int status, Result<std::vector<Project>> projects, Time now);

  const FleetOptions& fleet_;
  Cached<std::vector<Project>> list_;
  bool doubted_ = false;
  bool shrunk_ = false;           // projects were missing for the first time
  std::vector<Project> assumed_;  // while there is no list: the one that is configured by its number
  Cached<std::string> group_path_;
  int status_ = 0;
};

}  // namespace runneriq::gitlab
