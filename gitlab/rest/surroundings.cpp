#include "gitlab/rest/surroundings.hpp"

#include "gitlab/graphql.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/listing.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kRefsLast = 10min;

template <class Key>
std::string each_as(std::string_view name, const std::vector<Key>& keys) {
  std::string query;
  for (const Key& key : keys) query += std::string(name) + "%5B%5D=" + std::to_string(key.value()) + "&";
  return query + "per_page=100";
}

bool is_refusal(int status) {
  return status == 403 || status == 404;
}

void add_less_essential(std::optional<Stale> stale, FleetReading& reading) {
  if (!stale) return;
  stale->essential = false;
  reading.stale.push_back(std::move(*stale));
}

}  // namespace

void Surroundings::note_needs(const Job& job) {
  if (job.user != UserId{}) users_.insert(job.user);
  const auto iid = merge_request_of_ref(job.ref);
  if (iid) iids_.insert(*iid);
  (job.is_tag ? on_tags_ : on_branches_) |= !iid.has_value();
}

void Surroundings::attend(const std::vector<Job>& pending, const std::vector<Job>& waiting,
                          const std::string& path, Time now) {
  path_ = path;
  on_branches_ = on_tags_ = false;
  users_.clear();
  iids_.clear();
  jobs_.clear();
  manual_trouble_.reset();
  for (const Job& job : pending) {
    jobs_.insert(job.id);
    note_needs(job);
  }
  for (const Job& job : waiting) note_needs(job);
  levels_.forget_old(users_, now);
  merge_requests_.forget_old(iids_, now);
  std::erase_if(manual_, [this](const auto& known) { return !jobs_.contains(known.first); });
}

bool Surroundings::due(Topic topic, Time now) const {
  switch (topic) {
    case Topic::protected_branches:
      return on_branches_ && branches_.due(kRefsLast, now);
    case Topic::protected_tags:
      return on_tags_ && tags_.due(kRefsLast, now);
    case Topic::roles:
      return !levels_.due(users_, now).empty();
    case Topic::merge_requests:
      return !merge_requests_.due(iids_, now).empty();
    case Topic::manual:
      return !manual_refused_.holds(now) && !path_.empty() &&
             !std::ranges::all_of(jobs_, [this](JobId job) { return manual_.contains(job); });
  }
  return false;
}

void Surroundings::ask(Topic topic, Sender& sender, Time now) {
  switch (topic) {
    case Topic::protected_branches:
      return ask_patterns("protected_branches", branches_, sender, now);
    case Topic::protected_tags:
      return ask_patterns("protected_tags", tags_, sender, now);
    case Topic::roles:
      return ask_roles(sender, now);
    case Topic::merge_requests:
      return ask_merge_requests(sender, now);
    case Topic::manual:
      return ask_manual(sender, now);
  }
}

std::string Surroundings::address(std::string_view below) const {
  return "/api/v4/projects/" + std::to_string(project_.value()) + "/" + std::string(below);
}

void Surroundings::ask_patterns(std::string_view kind, Cached<std::vector<std::string>>& patterns,
                                Sender& sender, Time now) {
  const auto done = [&patterns, now](Listed<std::string> listed) {
    if (listed.items) return patterns.keep(std::move(*listed.items), now);
    if (is_refusal(listed.status)) return patterns.refuse(listed.items.error(), now);
    patterns.miss(listed.items.error(), now);
  };
  read_pages<std::string>(
      sender,
      {.path = address(std::string(kind) + "?per_page=100"), .parse = parse_ref_patterns, .done = done});
}

void Surroundings::ask_roles(Sender& sender, Time now) {
  const std::vector<UserId> users = levels_.due(users_, now);
  const auto done = [this, users, now](const Listed<Member>& listed) {
    if (!listed.items) {
      return is_refusal(listed.status) ? levels_.refuse(users, listed.items.error(), now)
                                       : levels_.miss(users, listed.items.error(), now);
    }
    std::map<UserId, int> highest;
    for (const Member& member : *listed.items) {
      highest[member.user] = std::max(highest[member.user], member.access_level);
    }
    for (const UserId user : users) levels_.keep(user, highest[user], now);
  };
  read_pages<Member>(
      sender,
      {.path = address("members/all?" + each_as("user_ids", users)), .parse = parse_members, .done = done});
}

void Surroundings::ask_merge_requests(Sender& sender, Time now) {
  const std::vector<MergeRequestIid> iids = merge_requests_.due(iids_, now);
  const auto done = [this, iids, now](const Listed<MergeRequest>& listed) {
    if (!listed.items) {
      return is_refusal(listed.status) ? merge_requests_.refuse(iids, listed.items.error(), now)
                                       : merge_requests_.miss(iids, listed.items.error(), now);
    }
    for (const MergeRequestIid iid : iids) {
      const auto found = std::ranges::find(*listed.items, iid, &MergeRequest::iid);
      merge_requests_.keep(iid, found == listed.items->end() ? std::nullopt : std::optional(*found), now);
    }
  };
  read_pages<MergeRequest>(sender, {.path = address("merge_requests?" + each_as("iids", iids)),
                                    .parse = parse_merge_requests,
                                    .done = done});
}

void Surroundings::ask_manual(Sender& sender, Time now) {
  sender.ask(Question::graphql(manual_jobs_question(path_)),
             [this, now](const Answer& answer) { take_manual(answer, now); });
}

// What GraphQL never tells stays unknown: no decision is wrong for it. What it told before is missed.
void Surroundings::take_manual(const Answer& answer, Time now) {
  if (!answer.body) {
    if (answer.status >= 400 && answer.status < 500 && answer.status != 408 && answer.status != 429) {
      manual_refused_.remember(now);
      if (!manual_refused_.worked()) return;
    }
    manual_trouble_ = answer.body.error();
    return;
  }
  const auto told = parse_manual_jobs_answer(*answer.body);
  if (!told) {
    // Of this project alone, perhaps: its jobs count as asked.
    if (told.error().code == Errc::permission) {
      for (const JobId job : jobs_) manual_.try_emplace(job);
    } else {
      manual_trouble_ = told.error();
    }
    return;
  }
  manual_refused_.has_worked();
  for (const JobId job : jobs_) {
    const auto found = told->find(job);
    manual_[job] = found == told->end() ? std::nullopt : std::optional(found->second);
  }
}

std::optional<bool> Surroundings::manual(JobId job) const {
  const auto known = manual_.find(job);
  return known == manual_.end() ? std::nullopt : known->second;
}

void Surroundings::report_refs(const std::string& title, FleetReading& reading) const {
  if (branches_.value() || tags_.value()) {
    ProtectedRefs& refs = reading.protected_refs[project_];
    if (branches_.value()) refs.branches = *branches_.value();
    if (tags_.value()) refs.tags = *tags_.value();
  }
  // Without them a job for protected runners looks like any other.
  if (on_branches_) {
    if (auto stale = branches_.stale("protected branches of " + title, reading.read_at)) {
      reading.stale.push_back(std::move(*stale));
    }
  }
  if (on_tags_) {
    if (auto stale = tags_.stale("protected tags of " + title, reading.read_at)) {
      reading.stale.push_back(std::move(*stale));
    }
  }
}

void Surroundings::report(const std::string& title, FleetReading& reading) const {
  report_refs(title, reading);
  for (const UserId user : users_) {
    if (const auto& level = levels_.value(user)) reading.access_levels[{project_, user}] = *level;
  }
  for (const MergeRequestIid iid : iids_) {
    const auto& known = merge_requests_.value(iid);
    if (known && *known) reading.merge_requests[{project_, iid}] = **known;
  }
  add_less_essential(levels_.stale(users_, "roles in " + title, reading.read_at), reading);
  if (manual_trouble_) {
    add_less_essential(Stale{.what = "jobs of " + title + " that were started by hand",
                             .why = manual_trouble_->message,
                             .age = std::nullopt,
                             .code = manual_trouble_->code},
                       reading);
  }
  add_less_essential(merge_requests_.stale(iids_, "merge requests of " + title, reading.read_at), reading);
}

}  // namespace runneriq::gitlab
