#include "scheduler/sqlite/kept_proposals.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/json_columns.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;
using State = Proposal::State;

template <class Enum>
std::optional<Enum> value_in(std::int64_t number, Enum last) {
  if (number < 0 || number > static_cast<std::int64_t>(last)) return std::nullopt;
  return static_cast<Enum>(number);
}

std::optional<Action> action_in(const Statement& row) {
  const auto kind = value_in(row.integer(1), Action::Kind::play);
  const auto job_class = value_in(row.integer(6), JobClass::low);
  auto runners = runners_in(row.text(7));
  if (!kind || !job_class || !runners) return std::nullopt;
  std::ranges::sort(*runners);
  return Action{.kind = *kind,
                .gitlab = GitLabUrl{row.text(2)},
                .tag = row.text(3),
                .job = {GitLabUrl{row.text(4)}, JobId{row.integer(5)}},
                .job_class = *job_class,
                .runners = std::move(*runners),
                .reason = row.text(8)};
}

// A decision without the person or the time of it is none.
bool is_decided(const Proposal& proposal) {
  return !proposal.decided_by.empty() && proposal.decided.has_value();
}

std::optional<Proposal> proposal_in(const Statement& row) {
  auto action = action_in(row);
  const auto state = value_in(row.integer(12), State::superseded);
  const auto used = runners_in(row.text(16));
  if (!action || !state || !used) return std::nullopt;
  Proposal proposal{.id = row.integer(0),
                    .action = std::move(*action),
                    .digest = row.text(9),
                    .created = platform::time_in(row, 10),
                    .expires = platform::time_in(row, 11),
                    .state = *state,
                    .decided_by = row.text(13),
                    .decided = platform::optional_time_in(row, 14),
                    .standing = row.integer(15) != 0,
                    .used = {used->begin(), used->end()}};
  const bool has_verdict = *state == State::approved || *state == State::rejected;
  if (has_verdict && !is_decided(proposal)) return std::nullopt;
  return proposal;
}

std::string used_column(const Proposal& proposal) {
  return column_of_runners(std::vector<RunnerKey>(proposal.used.begin(), proposal.used.end()));
}

// How it stands on record.
Result<std::optional<Proposal>> find(Database& database, std::int64_t id) {
  std::optional<Proposal> found;
  auto read = platform::each_row(
      database.query("SELECT id, kind, gitlab, tag, job_gitlab, job, class, runners, reason, digest, created,"
                     " expires, state, decided_by, decided, standing, used FROM proposals WHERE id = ?",
                     id),
      [&](const Statement& row) { found = proposal_in(row); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

Result<void> write(Database& database, const Proposal& proposal) {
  return database.execute(
      "UPDATE proposals SET expires = ?, state = ?, decided_by = ?, decided = ?, standing = ?, used = ?"
      " WHERE id = ?",
      platform::column_of(proposal.expires), static_cast<int>(proposal.state), proposal.decided_by,
      platform::column_of(proposal.decided), proposal.standing, used_column(proposal), proposal.id);
}

bool is_same_decision(const Proposal& known, const Proposal& changed) {
  return known.state == changed.state && known.decided_by == changed.decided_by &&
         known.decided == changed.decided;
}

std::string words_of(const Proposal& known) {
  std::string words = "proposal " + std::to_string(known.id) + " is " + std::string(to_text(known.state));
  if (!known.decided_by.empty()) words += " by " + known.decided_by;
  return words + " meanwhile";
}

std::optional<std::int64_t> column_of_mode(const std::optional<TrustMode>& mode) {
  return mode ? std::optional{static_cast<std::int64_t>(*mode)} : std::nullopt;
}

// What cannot be read is no reason for trust.
TrustRecord record_in(const Statement& row, std::vector<std::string>& damaged) {
  TrustRecord trust{.demoted_to = std::nullopt,
                    .demoted_because = row.text(1),
                    .demoted_at = platform::optional_time_in(row, 2),
                    .last_failed_revert = platform::optional_time_in(row, 3)};
  if (row.is_null(0)) return trust;
  trust.demoted_to = value_in(row.integer(0), TrustMode::autonomous);
  if (trust.demoted_to) return trust;
  trust.demoted_to = TrustMode::advisory;
  trust.demoted_because = "the record of trust makes no sense";
  damaged.emplace_back("the record of trust makes no sense: only advice is given until a person promotes");
  return trust;
}

}  // namespace

Result<std::vector<Proposal>> kept_proposals(Database& database, Time now,
                                             std::vector<std::string>& damaged) {
  std::vector<Proposal> proposals;
  auto read = platform::each_row(
      database.query("SELECT id, kind, gitlab, tag, job_gitlab, job, class, runners, reason, digest, created,"
                     " expires, state, decided_by, decided, standing, used FROM proposals"
                     " WHERE state NOT IN (3, 4) AND"
                     " (state = 0 OR (state = 1 AND expires > ?1) OR coalesce(decided, expires) >= ?2)"
                     " ORDER BY id",
                     platform::column_of(now), platform::column_of(now - kProposalKept)),
      [&](const Statement& row) {
        if (auto proposal = proposal_in(row)) return proposals.push_back(std::move(*proposal));
        damaged.push_back("proposal " + std::to_string(row.integer(0)) + " makes no sense and is left out");
      });
  if (!read) return fail(std::move(read.error()));
  return proposals;
}

Result<void> put_new_proposal(Database& database, Proposal& proposal) {
  const Action& action = proposal.action;
  const auto id = database.number(
      "INSERT INTO proposals (kind, gitlab, tag, job_gitlab, job, class, runners, reason, digest, created,"
      " expires, state, decided_by, decided, standing, used) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
      " RETURNING id",
      static_cast<int>(action.kind), action.gitlab.value(), action.tag, action.job.gitlab.value(),
      action.job.job.value(), static_cast<int>(action.job_class), column_of_runners(action.runners),
      action.reason, proposal.digest, platform::column_of(proposal.created),
      platform::column_of(proposal.expires), static_cast<int>(proposal.state), proposal.decided_by,
      platform::column_of(proposal.decided), proposal.standing, used_column(proposal));
  if (!id) return fail(id.error());
  proposal.id = *id;
  return {};
}

Result<void> put_changed_proposal(Database& database, const Proposal& proposal) {
  auto found = find(database, proposal.id);
  if (!found) return fail(std::move(found.error()));
  const bool is_verdict = proposal.state == State::approved || proposal.state == State::rejected;
  if (!*found) {
    if (!is_verdict) return {};
    return fail(Errc::not_found, "there is no proposal " + std::to_string(proposal.id) + " any more");
  }
  const Proposal& known = **found;
  if (known.state == State::open) return write(database, proposal);
  if (is_same_decision(known, proposal)) {
    Proposal both = known;
    both.used.insert(proposal.used.begin(), proposal.used.end());
    both.expires = std::min(known.expires, proposal.expires);
    return write(database, both);
  }
  if (!is_verdict) return {};
  return fail(Errc::conflict, words_of(known));
}

Result<void> forget_old_proposals(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM proposals WHERE id IN (SELECT id FROM proposals"
      " WHERE state <> 0 AND expires < ?1 AND coalesce(decided, expires) < ?1 LIMIT ?2)",
      platform::column_of(now - kProposalKept), most);
}

Result<TrustRecord> trust_record(Database& database, std::vector<std::string>& damaged) {
  TrustRecord trust;
  auto read = platform::each_row(
      database.query("SELECT demoted_to, demoted_because, demoted_at, last_failed_revert FROM trust"),
      [&](const Statement& row) { trust = record_in(row, damaged); });
  if (!read) return fail(std::move(read.error()));
  return trust;
}

Result<void> put_trust_record(Database& database, const TrustRecord& trust) {
  return database.execute("REPLACE INTO trust VALUES (1, ?, ?, ?, ?)", column_of_mode(trust.demoted_to),
                          trust.demoted_because, platform::column_of(trust.demoted_at),
                          platform::column_of(trust.last_failed_revert));
}

}  // namespace runneriq::scheduler
