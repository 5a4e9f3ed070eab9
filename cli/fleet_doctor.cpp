#include "cli/fleet_doctor.hpp"

#include "cli/credentials.hpp"
#include "cli/lane_doctor.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"
#include "executor/remedy.hpp"
#include "gitlab/call_shortage.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;

constexpr Duration kExpiresSoon = std::chrono::days{14};
constexpr std::array<std::string_view, 2> kReadingScopes{"read_api", "api"};
constexpr std::array<std::string_view, 2> kWritingScopes{"api", "manage_runner"};

Finding finding(std::string name, FindingStatus status, std::string what, std::string remedy = "") {
  return {std::move(name), status, std::move(what), std::move(remedy)};
}

std::string told(const Error& error) {
  return printable_path(error.message, 400);
}

std::string counted(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

template <std::size_t size>
bool has_one_of(const std::vector<std::string>& scopes, const std::array<std::string_view, size>& wanted) {
  return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
    return std::find(wanted.begin(), wanted.end(), scope) != wanted.end();
  });
}

// ---- configuration and state --------------------------------------------------------------

void configuration(std::vector<Finding>& all, const ProgramFacts& facts) {
  if (facts.problems.empty()) {
    all.push_back(
        finding("configuration", FindingStatus::ok,
                executor::without_problems(printable_path(facts.config_file), facts.config_absent)));
  }
  for (const config::Problem& problem : facts.problems) {
    all.push_back(finding("configuration", FindingStatus::fail,
                          printable_path(problem.where) + ": " + printable_path(problem.message, 400),
                          "edit it, then run `runneriq config check`"));
  }
}

void state(std::vector<Finding>& all, const ProgramFacts& facts) {
  const std::string file = printable_path(facts.state_file);
  if (facts.state_error && facts.state_error->code == Errc::newer_schema) {
    all.push_back(finding("state", FindingStatus::fail,
                          told(*facts.state_error) + "; `runneriq run` does not start with it",
                          "upgrade runneriq, or move " + file + " aside"));
    return;
  }
  if (facts.state_error) {
    all.push_back(
        finding("state", FindingStatus::warn,
                told(*facts.state_error) + "; decisions are made without history and are not recorded",
                "make the folder of " + file + " writable for this user, or set RUNNERIQ_STATE"));
    return;
  }
  if (facts.state_absent) {
    all.push_back(finding("state", FindingStatus::ok, file + " is not there yet"));
    return;
  }
  all.push_back(finding("state", FindingStatus::ok, file + " can be written"));
  for (const std::string& notice : facts.state_notices) {
    all.push_back(finding("state", FindingStatus::warn, printable_path(notice, 400),
                          "look at what was set aside, then remove it"));
  }
}

void audit(std::vector<Finding>& all, const ProgramFacts& facts) {
  using Kind = scheduler::AuditVerdict::Kind;
  if (!facts.audit) return;
  const bool fine = facts.audit->kind == Kind::fine;
  all.push_back(finding("audit", fine ? FindingStatus::ok : FindingStatus::fail, facts.audit->words,
                        fine ? "" : "compare with a backup of " + printable_path(facts.state_file)));
}

// ---- one GitLab ---------------------------------------------------------------------------

// Findings of one fleet, named after it where there are several.
class FleetFindings {
 public:
  FleetFindings(std::vector<Finding>& all, const FleetFacts& facts, Time now)
      : all_(all), facts_(facts), now_(now) {}

  void add() {
    if (facts_.no_token) {
      put("token", FindingStatus::fail, told(*facts_.no_token),
          "put a token with the scope read_api into " + token_place());
      return;
    }
    server();
    if (is_out_of_reach()) return;  // one cause, one finding
    token();
    reading();
  }

 private:
  void put(std::string_view name, FindingStatus status, std::string what, std::string remedy = "") {
    const std::string prefix = facts_.fleet.name.empty() ? "" : facts_.fleet.name + ".";
    all_.push_back(finding(prefix + std::string(name), status, std::move(what), std::move(remedy)));
  }

  [[nodiscard]] std::string token_place() const {
    const std::string& name = facts_.fleet.name;
    return facts_.token_variable + ", or into " + std::string(kCredentials) + "gitlab-token" +
           (name.empty() ? "" : "-" + name);
  }

  [[nodiscard]] bool is_out_of_reach() const {
    const auto nothing = [](Errc code) { return code == Errc::unavailable || code == Errc::timed_out; };
    return !facts_.version && !facts_.reading && nothing(facts_.version.error().code) &&
           nothing(facts_.reading.error().code);
  }

  void server() {
    if (facts_.version) {
      return put("gitlab", FindingStatus::ok, facts_.fleet.url + " is GitLab " + printable(*facts_.version));
    }
    if (facts_.reading) {
      return put("gitlab", FindingStatus::warn, told(facts_.version.error()),
                 "nothing is missing for it but the version of " + facts_.fleet.url);
    }
    put("gitlab", FindingStatus::fail, told(facts_.version.error()), remedy_of(facts_.version.error()));
  }

  [[nodiscard]] std::string remedy_of(const Error& error) const {
    if (const auto address = redirected_to(error); !address.empty()) return "set gitlab.url to " + address;
    switch (error.code) {
      case Errc::permission:
        return error.message.find("certificate") != std::string::npos
                   ? "if GitLab's certificate is of your own authority, set gitlab.ca_file to that "
                     "authority's"
                   : "make a new token with the scope read_api and put it into " + token_place();
      case Errc::not_found:
      case Errc::corrupt:
      case Errc::invalid_argument:
        return "set gitlab.url to the address of GitLab's front page";
      default:
        return "check gitlab.url and whether this machine and user get through: curl -I " +
               executor::shell_word(facts_.fleet.url);
    }
  }

  // The same GitLab by https, where it answers so by http; else "".
  [[nodiscard]] std::string redirected_to(const Error& error) const {
    constexpr std::string_view kHttp = "http://", kTo = " to ", kApi = "/api/v4/";
    if (!facts_.fleet.url.starts_with(kHttp)) return "";
    const std::string authority = facts_.fleet.url.substr(kHttp.size());
    const std::string place = "https://" + authority.substr(0, authority.find_first_of(":/"));
    const auto begin = error.message.find(std::string(kTo) + place);
    if (begin == std::string::npos) return "";
    const std::string there = error.message.substr(begin + kTo.size());
    const auto end = there.find(kApi);
    return end == std::string::npos ? "" : printable(there.substr(0, end));
  }

  void token() {
    if (!facts_.token) {
      const bool refused = facts_.token.error().code == Errc::permission && !facts_.reading;
      return put("token", refused ? FindingStatus::fail : FindingStatus::warn, told(facts_.token.error()),
                 refused ? "make a new token with the scope read_api and put it into " + token_place()
                         : "only personal, group and project access tokens tell their scopes");
    }
    scopes(*facts_.token);
    expiry(*facts_.token);
  }

  void scopes(const gitlab::TokenFacts& token) {
    const std::string names = token.scopes.empty() ? "none" : printable(joined(token.scopes, ", "));
    if (!has_one_of(token.scopes, kReadingScopes)) {
      return put("token.scopes", FindingStatus::fail,
                 "the token lacks the scope read_api (it has: " + names + ")",
                 "make a token with the scope read_api and put it into " + token_place());
    }
    const bool writes = has_one_of(token.scopes, kWritingScopes);
    put("token.scopes", FindingStatus::ok,
        "scopes " + names + (writes ? "" : ": enough to advise; steering would need api or manage_runner"));
  }

  void expiry(const gitlab::TokenFacts& token) {
    if (!token.active) {
      return put("token.expiry", FindingStatus::fail, "the token is revoked or expired",
                 "make a new one and put it into " + token_place());
    }
    if (!token.expires_at) return;
    const Duration left = *token.expires_at - now_;
    const std::string what = "the token expires on " + to_text(*token.expires_at).substr(0, 10);
    put("token.expiry", left < kExpiresSoon ? FindingStatus::warn : FindingStatus::ok, what,
        left < kExpiresSoon ? "rotate it now: without it RunnerIQ is blind" : "");
  }

  void reading() {
    if (!facts_.reading) {
      return put("fleet", FindingStatus::fail, told(facts_.reading.error()),
                 no_such_scope() ? scope_remedy() : remedy_of(facts_.reading.error()));
    }
    const gitlab::FleetReading& seen = *facts_.reading;
    put("projects", seen.projects.empty() ? FindingStatus::fail : FindingStatus::ok,
        counted(seen.projects.size(), "project") + " visible, " + counted(seen.pending.size(), "job") +
            " pending",
        seen.projects.empty() ? scope_remedy() : "");
    runners(seen);
    for (const gitlab::Stale& stale : seen.stale) {
      put("fleet", FindingStatus::warn, printable(stale.what) + ": " + printable(stale.why),
          remedy_of(stale));
    }
  }

  // GitLab is there, but not what is to be watched.
  [[nodiscard]] bool no_such_scope() const {
    const auto no_gitlab = [](Errc code) {
      return code == Errc::not_found || code == Errc::corrupt || code == Errc::invalid_argument;
    };
    return facts_.reading.error().code == Errc::not_found &&
           (facts_.version || !no_gitlab(facts_.version.error().code));
  }

  static bool is_refusal(const gitlab::Stale& stale) {
    return stale.code == Errc::permission || stale.code == Errc::not_found;
  }

  static std::string_view lasting_remedy(const gitlab::Stale& stale) {
    if (gitlab::is_own_shortage(stale.why)) return "raise gitlab.calls_per_minute";
    if (gitlab::is_shortage(stale.why)) return "raise monitor.poll_interval, or GitLab's own rate limit";
    if (is_refusal(stale)) return "see what the token's user may read there";
    return "look at GitLab, and at the proxies before it";
  }

  static std::string remedy_of(const gitlab::Stale& stale) {
    return "decisions go without it until the next poll; where it stays, " +
           std::string(lasting_remedy(stale));
  }

  void runners(const gitlab::FleetReading& seen) {
    const auto known =
        static_cast<std::size_t>(std::count_if(seen.runners.begin(), seen.runners.end(),
                                               [](const gitlab::Runner& r) { return r.traits.has_value(); }));
    if (seen.runners.empty()) {
      return put("runners", FindingStatus::fail, "no runner is visible to this token",
                 is_hindered(seen, "the list of runners")
                     ? "mend what hinders their list from being read, as said below"
                     : "give its user the role Maintainer in the project or Owner in the group, or use "
                       "--snapshot");
    }
    const bool all = known == seen.runners.size();
    put("runners", all ? FindingStatus::ok : FindingStatus::warn,
        counted(seen.runners.size(), "runner") + " visible" +
            (all ? "" : ", tags readable of " + std::to_string(known) + " only"),
        all                                ? ""
        : is_hindered(seen, "details of ") ? "mend what hinders their details from being read, as said below"
                                           : "give the token's user the role Maintainer where the other "
                                             "runners belong");
  }

  // By something else than a refusal.
  static bool is_hindered(const gitlab::FleetReading& seen, std::string_view what) {
    const auto about = [&](const gitlab::Stale& stale) { return stale.what.starts_with(what); };
    return std::ranges::any_of(seen.stale, about) &&
           std::ranges::none_of(seen.stale, [&](const auto& s) { return about(s) && is_refusal(s); });
  }

  [[nodiscard]] std::string scope_remedy() const {
    if (!facts_.fleet.project.empty()) return "check gitlab.project: " + printable(facts_.fleet.project);
    if (!facts_.fleet.group.empty()) return "check gitlab.group: " + printable(facts_.fleet.group);
    return "set gitlab.project or gitlab.group to what the token may see";
  }

  std::vector<Finding>& all_;
  const FleetFacts& facts_;
  Time now_;
};

void fleets(std::vector<Finding>& all, const ProgramFacts& facts) {
  if (facts.fleets.empty()) {
    all.push_back(finding("gitlab", FindingStatus::fail, "no GitLab is configured",
                          "set gitlab.url in " + printable_path(facts.config_file) +
                              " and put a token into " + std::string(kCredentials) +
                              "gitlab-token; or export GITLAB_URL and GITLAB_TOKEN"));
  }
  for (const FleetFacts& fleet : facts.fleets) {
    FleetFindings{all, fleet, facts.now}.add();
    if (!fleet.reading) continue;
    std::ranges::move(examine_lanes(*fleet.reading, facts.lanes, printable_path(fleet.fleet.url)),
                      std::back_inserter(all));
  }
}

}  // namespace

std::vector<Finding> examine(const ProgramFacts& facts) {
  std::vector<Finding> all;
  configuration(all, facts);
  fleets(all, facts);
  if (facts.carbon) std::ranges::move(examine_carbon(*facts.carbon), std::back_inserter(all));
  if (facts.advisor) std::ranges::move(examine_advisor(*facts.advisor), std::back_inserter(all));
  if (facts.alerts) std::ranges::move(examine_alerts(*facts.alerts), std::back_inserter(all));
  state(all, facts);
  audit(all, facts);
  return all;
}

}  // namespace runneriq::cli
