// The runners of the fleet: the list of REST, and the details that it leaves out, by GraphQL or
// one by one.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/graphql.hpp"
#include "gitlab/options.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/refusal.hpp"
#include "gitlab/rest/sender.hpp"
#include "gitlab/rest/trouble.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::gitlab {

enum class DetailsBy { graphql, one_by_one };

class RunnerRoll {
 public:
  RunnerRoll(const FleetOptions& fleet, DetailsBy details) : fleet_(fleet), preferred_(details) {}

  // All `ask` functions and `sender` work until Sender::run() returns.
  void ask_list(Sender& sender, Time now);
  // Nothing when GraphQL is not wanted or was refused.
  void ask_details(Sender& sender, const RunnerOwner& owner, Time now);
  // GET for the runners whose details are missing or old, these first; at most `most`.
  void ask_single_details(Sender& sender, int most, Time now);
  [[nodiscard]] int old_details(Time now) const;
  [[nodiscard]] bool graphql_wanted(Time now) const {
    return preferred_ == DetailsBy::graphql && !graphql_refused_.holds(now);
  }

  [[nodiscard]] const Cached<std::vector<Runner>>& list() const { return list_; }
  // The status behind the last failure of the list; 0 = no answer.
  [[nodiscard]] int list_status() const { return list_status_; }
  // 0 while there is none.
  [[nodiscard]] Duration list_age(Time now) const;
  void report(FleetReading& reading) const;

 private:
  struct DetailsPage;
  [[nodiscard]] bool falls_back(int status, Time now) const;
  void ask_managed(Sender& sender, Time now);
  void take_list(Listed<Runner> listed, Time now);
  void ask_page(Sender& sender, DetailsPage page);
  void take_page(Sender& sender, DetailsPage page, Answer answer);
  void ask_runners_of_projects(Sender& sender, Time now);
  [[nodiscard]] std::vector<Runner> listed() const;
  [[nodiscard]] std::vector<RunnerId> without_fresh_details(Time now) const;
  [[nodiscard]] Runner merged(const Runner& listed, Time now) const;
  void forget_vanished();

  const FleetOptions& fleet_;
  DetailsBy preferred_;
  Cached<std::vector<Runner>> list_;
  int list_status_ = 0;
  std::map<RunnerId, Cached<Runner>> details_;
  // Of a group: GraphQL counts the runners of its projects among its own, REST's list does not.
  Cached<std::vector<Runner>> of_projects_;
  Refusal graphql_refused_{2};
  // The list of the project, of the group, or of all (for administrators only).
  Refusal own_refused_{2};
  bool emptied_ = false;                // the list held nothing for the first time
  std::optional<Trouble> own_trouble_;  // none = the list is that
};

}  // namespace runneriq::gitlab
