#include "gitlab/rest/runner_roll.hpp"

#include "gitlab/replies.hpp"
#include "gitlab/rest/trouble.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDetailsLast = 5min;
constexpr int kMostPages = 100;

std::string list_path(const FleetOptions& fleet, bool all_refused) {
  std::string path = "/api/v4/";
  if (!fleet.project.empty()) {
    path += "projects/" + percent_encoded(fleet.project) + "/runners";
  } else if (!fleet.group.empty()) {
    path += "groups/" + percent_encoded(fleet.group) + "/runners";
  } else {
    path += all_refused ? "runners" : "runners/all";
  }
  return path + "?per_page=100";
}

bool is_final(int status) {
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

}  // namespace

struct RunnerRoll::DetailsPage {
  RunnerOwner owner;
  std::string cursor;
  std::set<std::string> seen;  // cursors
  Time now;
};

void RunnerRoll::ask_list(Sender& sender, Time now) {
  const bool widest = fleet_.project.empty() && fleet_.group.empty() && !all_refused_.holds(now);
  const auto done = [this, &sender, widest, now](Listed<Runner> listed) {
    if (!listed.items && listed.status == 403 && widest) {
      all_refused_.remember(now);
      ask_list(sender, now);
      return;
    }
    take_list(std::move(listed), now);
  };
  read_pages<Runner>(
      sender,
      {.path = list_path(fleet_, !widest), .parse = parse_runners, .done = done, .most_pages = kMostPages});
}

void RunnerRoll::take_list(Listed<Runner> listed, Time now) {
  list_status_ = listed.status;
  if (!listed.items) return list_.miss(std::move(listed.items.error()), now);
  std::ranges::sort(*listed.items, {}, &Runner::id);
  list_.keep(std::move(*listed.items), now);
}

void RunnerRoll::ask_details(Sender& sender, const RunnerOwner& owner, Time now) {
  if (graphql_wanted(now)) ask_page(sender, {.owner = owner, .cursor = {}, .seen = {}, .now = now});
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
  for (Runner& runner : told->runners) {
    if (runner.traits) details_[runner.id].keep(std::move(runner), page.now);
  }
  page.cursor = std::move(told->next_cursor);
  if (page.cursor.empty() || page.seen.size() >= kMostPages || !page.seen.insert(page.cursor).second) return;
  ask_page(sender, std::move(page));
}

const std::vector<Runner>& RunnerRoll::listed() const {
  static const std::vector<Runner> kNone;
  return list_.value() ? *list_.value() : kNone;
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
      details_[id].miss({Errc::unavailable, "over the budget of calls"}, now);
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
  std::erase_if(details_, [this](const auto& known) {
    return !std::ranges::binary_search(*list_.value(), known.first, {}, &Runner::id);
  });
}

Runner RunnerRoll::merged(const Runner& listed, Time now) const {
  Runner runner = listed;
  const auto known = details_.find(listed.id);
  if (known == details_.end() || !known->second.value()) return runner;
  const Runner& details = *known->second.value();
  const Time read_at = known->second.read_at().value_or(now);
  runner.traits = details.traits;
  runner.longest_timeout = details.longest_timeout;
  runner.managers = details.managers;
  runner.contacted_at = details.contacted_at;
  if (read_at == now) runner.running_jobs = details.running_jobs;
  // Details of some minutes ago say how old the last contact was then. While the list says that the
  // runner is online, it is taken to be still so; else every runner would seem lost between two
  // readings of its details.
  const bool listed_now = list_.read_at() == now && listed.status == RunnerStatus::online;
  if (runner.contacted_at && listed_now && now > read_at && now - read_at <= kDetailsLast) {
    *runner.contacted_at += now - read_at;
  }
  return runner;
}

void RunnerRoll::report(FleetReading& reading) const {
  const Time now = reading.read_at;
  if (auto stale = list_.stale("the list of runners", now)) {
    if (!list_.value()) stale->why = with_remedy({list_status_, *list_.trouble()}, fleet_.url).message;
    reading.stale.push_back(std::move(*stale));
  }
  std::map<std::string, Stale> old;  // by what is wrong
  std::map<std::string, int> count;
  for (const Runner& listed : listed()) {
    reading.runners.push_back(merged(listed, now));
    const auto known = details_.find(listed.id);
    if (known == details_.end()) continue;
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
