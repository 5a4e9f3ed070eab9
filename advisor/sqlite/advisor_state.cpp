#include "advisor/sqlite/advisor_state.hpp"

#include "advisor/sqlite/advisor_schema.hpp"
#include "platform/digest.hpp"
#include "platform/sqlite_columns.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace runneriq::advisor {
namespace {

using platform::column_of;
using platform::Database;
using platform::Statement;

constexpr std::int64_t kKeptDays = 90;  // of spendings
constexpr std::int64_t kMostAnswers = 10'000;

std::int64_t day_of(Time now) {
  return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
}

std::int64_t number_of(QuestionKind kind) {
  return static_cast<std::int64_t>(kind);
}

// Keys may be as long as what is asked.
std::string key_column(const Question& question) {
  return platform::sha256_hex(question.key);
}

Result<DayUse> day_use(Database& database, std::int64_t day, std::string_view project) {
  DayUse use;
  auto rows = database.query(
      "SELECT kind, count(*), sum(ifnull(settled, reserved)), "
      "sum(CASE WHEN project = ? THEN ifnull(settled, reserved) ELSE 0 END) "
      "FROM spendings WHERE day = ? GROUP BY kind",
      project, day);
  if (!rows) return fail(std::move(rows.error()));
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return use;
    const std::int64_t kind = rows->integer(0);
    use.calls += rows->integer(1);
    use.spent += rows->integer(2);
    use.by_project += rows->integer(3);
    if (kind >= 0 && kind < static_cast<std::int64_t>(kQuestionKinds))
      use.by_kind.at(static_cast<std::size_t>(kind)) += rows->integer(2);
  }
}

Result<std::optional<BudgetLedger::Remembered>> answer_in(Database& database, const Question& question,
                                                          Time now) {
  auto rows = database.query(
      "SELECT choice, confidence, reason, model FROM answers "
      "WHERE kind = ? AND version = ? AND key = ? AND answered > ?",
      number_of(question.kind), form_of(question.kind).version, key_column(question),
      column_of(now - BudgetLedger::kKeptFor));
  if (!rows) return fail(std::move(rows.error()));
  const auto row = rows->step();
  if (!row) return fail(row.error());
  if (!*row) return std::optional<BudgetLedger::Remembered>{};
  return BudgetLedger::Remembered{
      .answer = {.choice = rows->text(0), .confidence = rows->text(1), .reason = rows->text(2)},
      .model = rows->text(3)};
}

Result<void> forget(Database& database, Time now) {
  if (auto old = database.execute("DELETE FROM answers WHERE answered <= ?",
                                  column_of(now - BudgetLedger::kKeptFor));
      !old)
    return old;
  return database.execute(
      "DELETE FROM answers WHERE answered < (SELECT answered FROM answers ORDER BY answered DESC LIMIT 1 "
      "OFFSET ?)",
      kMostAnswers);
}

}  // namespace

Result<std::unique_ptr<AdvisorState>> AdvisorState::open(AdvisorStateSettings settings) {
  auto file = platform::StateFile::open(advisor_file(), std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return std::unique_ptr<AdvisorState>{new AdvisorState{*std::move(file)}};
}

Result<std::int64_t> AdvisorState::reserve(const BudgetTerms& terms, const Question& question,
                                           std::int64_t tokens, Time now) {
  const std::lock_guard lock{mutex_};
  const std::int64_t day = day_of(now);
  std::int64_t id = 0;
  std::optional<std::string> against;
  auto done = file_.change([&](Database& database) -> Result<void> {
    const auto use = day_use(database, day, question.project);
    if (!use) return fail(use.error());
    against = hindrance(terms, *use, question.kind, tokens);
    if (against) return fail(Errc::conflict, *against);
    auto put = database.execute("INSERT INTO spendings (day, kind, project, reserved) VALUES (?, ?, ?, ?)",
                                day, number_of(question.kind), question.project, tokens);
    if (!put) return put;
    auto last = database.number("SELECT last_insert_rowid()");
    if (!last) return fail(std::move(last.error()));
    id = *last;
    return database.execute("DELETE FROM spendings WHERE day < ?", day - kKeptDays);
  });
  // Nothing is wrong with the file then.
  if (against) return fail(Errc::conflict, *std::move(against));
  if (!done) return fail(std::move(done.error()));
  return id;
}

Result<void> AdvisorState::settle(std::int64_t reserve, std::int64_t tokens) {
  const std::lock_guard lock{mutex_};
  return file_.change([&](Database& database) {
    return database.execute("UPDATE spendings SET settled = ? WHERE id = ? AND settled IS NULL", tokens,
                            reserve);
  });
}

Result<DayUse> AdvisorState::use(Time now, std::string_view project) {
  const std::lock_guard lock{mutex_};
  Result<DayUse> use = DayUse{};
  const auto read = [&](Database& database) -> Result<void> {
    use = day_use(database, day_of(now), project);
    if (!use) return fail(use.error());
    return {};
  };
  if (!file_.look(read)) {
    if (auto done = file_.change(read); !done) return fail(std::move(done.error()));
  }
  return use;
}

Result<std::optional<BudgetLedger::Remembered>> AdvisorState::remembered(const Question& question, Time now) {
  const std::lock_guard lock{mutex_};
  Result<std::optional<Remembered>> found = std::optional<Remembered>{};
  const auto read = [&](Database& database) -> Result<void> {
    found = answer_in(database, question, now);
    if (!found) return fail(found.error());
    return {};
  };
  if (!file_.look(read)) {
    if (auto done = file_.change(read); !done) return fail(std::move(done.error()));
  }
  return found;
}

Result<void> AdvisorState::remember(const Question& question, const Remembered& answer, Time now) {
  const std::lock_guard lock{mutex_};
  return file_.change([&](Database& database) -> Result<void> {
    auto put = database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                number_of(question.kind), form_of(question.kind).version,
                                key_column(question), answer.answer.choice, answer.answer.confidence,
                                answer.answer.reason, answer.model, column_of(now));
    if (!put) return put;
    return forget(database, now);
  });
}

}  // namespace runneriq::advisor
