#include "gitlab/rest/runner_roll.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/trouble.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDetailsLast = 5min;
constexpr int kMostPages = 100;

constexpr Duration kOnlineLasts = 2h;  // GitLab calls a runner online for so long after a contact

std::string own_list(const FleetOptions& fleet) {
  if (!fleet.project.empty()) return "projects/" + percent_encoded(fleet.project) + "/runners";
  if (!fleet.group.empty()) return "groups/" + percent_encoded(fleet.group) + "/runners";
  return "runners/all";
}

bool is_widest(const FleetOptions& fleet) {
  return fleet.project.empty() && fleet.group.empty();
}

// A time that contradicts the status that came with it says nothing.
std::optional<Time> believed_contact(const Runner& runner, Time read_at) {
  const bool wrong = runner.contacted_at && runner.status == RunnerStatus::online &&
                     read_at - *runner.contacted_at > kOnlineLasts;
  return wrong ? std::nullopt : runner.contacted_at;
}

bool is_final(int status) {
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

}  // namespace

struct RunnerRoll::DetailsPage {
  RunnerOwner owner;
  std::string cursor;
  std::set<std::string> seen;       // cursors
  std::vector<Runner> of_projects;  // of the pages before
  Time now;
};

void RunnerRoll::ask_list(Sender& sender, Time now) {
  ask_runners_of_projects(sender, now);
  if (own_refused_.holds(now)) return ask_managed(sender, now);
  const auto done = [this, &sender, now](Listed<Runner> listed) {
    const bool given_up = is_widest(fleet_) || !list_.value() || own_trouble_;
    if (!listed.items && listed.status == 403 && given_up) own_refused_.remember(now);
    if (!listed.items && falls_back(listed.status, now)) {
      own_trouble_ = Trouble{listed.status, listed.items.error()};
      return ask_managed(sender, now);
    }
    if (listed.items) {
      own_trouble_.reset();
      own_refused_.has_worked();
    }
    take_list(std::move(listed), now);
  };
  read_pages<Runner>(sender, {.path = "/api/v4/" + own_list(fleet_) + "?per_page=100",
                              .parse = parse_runners,
                              .done = done,
                              .most_pages = kMostPages});
}

// A list that was whole once is not given up for a smaller one, unless only administrators may see it
// and that was said twice running.
bool RunnerRoll::falls_back(int status, Time now) const {
  if (status == 403 && is_widest(fleet_) && own_refused_.holds(now)) return true;
  return is_final(status) && status != 401 && (!list_.value() || own_trouble_);
}

// What the token's user manages, wherever it belongs.
void RunnerRoll::ask_managed(Sender& sender, Time now) {
  const auto done = [this, now](Listed<Runner> listed) {
    if (!listed.items && own_trouble_ && !is_widest(fleet_))
      listed = {own_trouble_->status, fail(own_trouble_->error)};
    take_list(std::move(listed), now);
  };
  read_pages<Runner>(sender, {.path = "/api/v4/runners?per_page=100",
                              .parse = parse_runners,
                              .done = done,
                              .most_pages = kMostPages});
}

void RunnerRoll::take_list(Listed<Runner> listed, Time now) {
  list_status_ = listed.status;
  if (!listed.items) return list_.miss(std::move(listed.items.error()), now);
  // All at once is hard to believe when it is said once.
  const bool emptied = listed.items->empty() && !this->listed().empty();
  if (emptied && !std::exchange(emptied_, true))
    return list_.miss({Errc::corrupt, "GitLab suddenly lists none; asked once more"}, now);
  emptied_ = false;
  std::ranges::sort(*listed.items, {}, &Runner::id);
  list_.keep(std::move(*listed.items), now);
}

// Where GraphQL does not tell which runners a group's projects have, those count that the token's
// user manages.
void RunnerRoll::ask_runners_of_projects(Sender& sender, Time now) {
  if (fleet_.group.empty() || graphql_wanted(now)) return;
  const auto done = [this, now](Listed<Runner> listed) {
    if (!listed.items) return of_projects_.miss(std::move(listed.items.error()), now);
    std::ranges::sort(*listed.items, {}, &Runner::id);
    of_projects_.keep(std::move(*listed.items), now);
  };
  read_pages<Runner>(sender, {.path = "/api/v4/runners?type=project_type&per_page=100",
                              .parse = parse_runners,
                              .done = done,
                              .most_pages = kMostPages});
}

void RunnerRoll::ask_details(Sender& sender, const RunnerOwner& owner, Time now) {
  if (graphql_wanted(now))
    ask_page(sender, {.owner = owner, .cursor = {}, .seen = {}, .of_projects = {}, .now = now});
}

void RunnerRoll::ask_page(Sender& sender, DetailsPage page) {
  const bool first = page.cursor.empty();
  Question question = Question::graphql(runners_question(page.owner, page.cursor));
  if (!first) question = std::move(question).charged(CallBudget::Charge::credit);
  sender.ask(std::move(question), [this, &sender, page = std::move(page)](Answer answer) {
    take_page(sender, page, std::move(answer));
  });
}

// Each page counts by itself: a runner's details are whole or not there.
void RunnerRoll::take_page(Sender& sender, DetailsPage page, Answer answer) {
  if (!answer.body) {
    if (is_final(answer.status)) graphql_refused_.remember(page.now);
    return;
  }
  Result<RunnersAnswer> told = parse_runners_answer(*answer.body, page.owner);
  if (!told) {
    if (told.error().code == Errc::permission) graphql_refused_.remember(page.now);
    return;
  }
  graphql_refused_.has_worked();
  for (Runner& runner : told->runners) {
    if (runner.type == RunnerType::project) page.of_projects.push_back(runner);
    if (runner.traits) details_[runner.id].keep(std::move(runner), page.now);
  }
  page.cursor = std::move(told->next_cursor);
  if (page.cursor.empty() && page.owner.kind == RunnerOwner::Kind::group) {
    of_projects_.keep(std::move(page.of_projects), page.now);
  }
  if (page.cursor.empty() || page.seen.size() >= kMostPages || !page.seen.insert(page.cursor).second) return;
  ask_page(sender, std::move(page));
}

// By id; REST's list first, since it is the fresher one.
std::vector<Runner> RunnerRoll::listed() const {
  std::vector<Runner> all = list_.value().value_or(std::vector<Runner>{});
  if (!of_projects_.value()) return all;
  const std::vector<Runner>& more = *of_projects_.value();
  const auto in_list = all.size();
  std::ranges::copy_if(more, std::back_inserter(all), [&](const Runner& runner) {
    return !std::ranges::binary_search(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(in_list),
                                       runner.id, {}, &Runner::id);
  });
  std::ranges::sort(all, {}, &Runner::id);
  return all;
}

int RunnerRoll::old_details(Time now) const {
  return static_cast<int>(without_fresh_details(now).size());
}

std::vector<RunnerId> RunnerRoll::without_fresh_details(Time now) const {
  std::vector<std::pair<Time, RunnerId>> old;
  for (const Runner& runner : listed()) {
    const auto known = details_.find(runner.id);
    if (known == details_.end()) {
      old.emplace_back(Time::min(), runner.id);
    } else if (known->second.due(kDetailsLast, now)) {
      old.emplace_back(known->second.read_at().value_or(Time::min()), runner.id);
    }
  }
  std::ranges::sort(old);
  std::vector<RunnerId> ids;
  for (const auto& [read_at, id] : old) ids.push_back(id);
  return ids;
}

void RunnerRoll::ask_single_details(Sender& sender, int most, Time now) {
  for (const RunnerId id : without_fresh_details(now)) {
    if (most-- <= 0) {
      details_[id].miss(sender.shortage(), now);
      continue;
    }
    read_one<Runner>(sender, Question::get("/api/v4/runners/" + std::to_string(id.value())), parse_runner,
                     [this, id, now](int status, Result<Runner> runner) {
                       if (runner && runner->id == id && runner->traits)
                         return details_[id].keep(*runner, now);
                       if (runner) return details_[id].miss({Errc::corrupt, "no details in the answer"}, now);
                       if (status == 403 || status == 404) return details_[id].refuse(runner.error(), now);
                       details_[id].miss(runner.error(), now);
                     });
  }
  forget_vanished();
}

void RunnerRoll::forget_vanished() {
  if (!list_.value()) return;
  const std::vector<Runner> all = listed();
  std::erase_if(details_, [&](const auto& known) {
    return !std::ranges::binary_search(all, known.first, {}, &Runner::id);
  });
}

Runner RunnerRoll::merged(const Runner& listed, Time now) const {
  Runner runner = listed;
  runner.contacted_at = believed_contact(listed, list_.read_at().value_or(now));
  const auto known = details_.find(listed.id);
  if (known == details_.end() || !known->second.value()) return runner;
  const Runner& details = *known->second.value();
  const Time read_at = known->second.read_at().value_or(now);
  runner.traits = details.traits;
  runner.longest_timeout = details.longest_timeout;
  runner.managers = details.managers;
  if (details.contacted_at) runner.contacted_at = believed_contact(details, read_at);
  if (read_at == now) runner.running_jobs = details.running_jobs;
  // Details of some minutes ago say how old the last contact was then. While the list says that the
  // runner is online, it is taken to be still so; else every runner would seem lost between two
  // readings of its details.
  const Time listed_at = list_.read_at().value_or(read_at);
  const bool listed_since = !list_.trouble() && listed.status == RunnerStatus::online && listed_at > read_at;
  if (runner.contacted_at && listed_since && listed_at - read_at <= kDetailsLast) {
    *runner.contacted_at += listed_at - read_at;
  }
  return runner;
}

Duration RunnerRoll::list_age(Time now) const {
  const auto read_at = list_.read_at() ? list_.read_at() : of_projects_.read_at();
  return read_at ? std::max(now - *read_at, Duration::zero()) : Duration::zero();
}

void RunnerRoll::report(FleetReading& reading) const {
  const Time now = reading.read_at;
  if (auto stale = list_.stale("the list of runners", now)) {
    if (!list_.value()) stale->why = with_remedy({list_status_, *list_.trouble()}, fleet_.url).message;
    reading.stale.push_back(std::move(*stale));
  } else if (own_trouble_ && (own_trouble_->status != 403 || !is_widest(fleet_) || listed().empty())) {
    reading.stale.push_back({.what = "the list of runners",
                             .why = with_remedy(*own_trouble_, fleet_.url).message +
                                    "; the runners that the token's user manages are taken instead",
                             .age = std::nullopt,
                             .code = own_trouble_->error.code});
  }
  std::map<std::string, Stale> old;  // by what is wrong
  std::map<std::string, int> count;
  if (auto stale = of_projects_.stale("the list of runners of the group's projects", now)) {
    reading.stale.push_back(std::move(*stale));
  }
  reading.runners_current = list_.read_at() == now && !list_.trouble();
  reading.runners_age = list_age(now);
  for (const Runner& listed : listed()) {
    reading.runners.push_back(merged(listed, now));
    const auto known = details_.find(listed.id);
    if (known == details_.end() || (listed.traits && !known->second.value())) continue;
    auto stale = known->second.stale("details of runner " + std::to_string(listed.id.value()), now);
    if (!stale) continue;
    const std::string key = stale->age ? stale->why : "\n" + stale->why;
    Stale& entry = old.try_emplace(key, *stale).first->second;
    if (++count[key] > 1) entry.what = "details of " + std::to_string(count[key]) + " runners";
    if (entry.age && stale->age) entry.age = std::max(*entry.age, *stale->age);
  }
  for (auto& [key, stale] : old) reading.stale.push_back(std::move(stale));
}

}  // namespace runneriq::gitlab
