#include "alerting/flaky_records.hpp"

#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

namespace runneriq::alerting {
namespace {

using nlohmann::ordered_json;

// Either way over the members of a record, so that each is named once.
class Writer {
 public:
  void member(const char* name, const std::string& text) { document_[name] = text; }
  void member(const char* name, double number) { document_[name] = number; }
  void member(const char* name, bool value) { document_[name] = value; }
  void member(const char* name, int number) { document_[name] = number; }
  void member(const char* name, Time time) {
    if (time != kNever) document_[name] = time.time_since_epoch().count();
  }
  void member(const char* name, FlakyCommit::Counted counted) { member(name, static_cast<int>(counted)); }
  [[nodiscard]] std::string text() const { return json_line(document_); }

 private:
  ordered_json document_ = ordered_json::object();
};

class Reader {
 public:
  explicit Reader(std::string_view text) : document_(ordered_json_in(text)) {
    if (!document_.is_object()) problem_ = "no JSON object";
  }
  void member(const char* name, std::string& text) {
    if (const ordered_json* value = find(name, &ordered_json::is_string)) text = value->get<std::string>();
  }
  void member(const char* name, double& number) {  // a weight
    const ordered_json* value = find(name, &ordered_json::is_number);
    if (value != nullptr) number = value->get<double>();
    if (!(number >= 0 && number < 1e12)) problem_ = name;
  }
  void member(const char* name, bool& flag) {
    if (const ordered_json* value = find(name, &ordered_json::is_boolean)) flag = value->get<bool>();
  }
  void member(const char* name, int& number) {  // a count
    const std::int64_t value = integer(name);
    if (value < 0 || value > std::numeric_limits<int>::max()) problem_ = name;
    number = static_cast<int>(value);
  }
  void member(const char* name, Time& time) {
    if (!document_.is_object() || !document_.contains(name)) return;  // never
    constexpr std::int64_t kYear10000 = 253'402'300'800'000;
    const std::int64_t value = integer(name);
    if (std::abs(value) > kYear10000) problem_ = name;
    time = Time{Duration{value}};
  }
  void member(const char* name, FlakyCommit::Counted& counted) {
    int number = 0;
    member(name, number);
    if (number > static_cast<int>(FlakyCommit::Counted::flipped)) problem_ = name;
    counted = static_cast<FlakyCommit::Counted>(number);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  using Kind = bool (ordered_json::*)() const noexcept;
  const ordered_json* find(const char* name, Kind kind) {
    const auto found = document_.find(name);
    if (found != document_.end() && ((*found).*kind)()) return &*found;
    problem_ = name;
    return nullptr;
  }
  std::int64_t integer(const char* name) {
    const ordered_json* value = find(name, &ordered_json::is_number_integer);
    return value == nullptr ? 0 : value->get<std::int64_t>();
  }

  ordered_json document_;
  std::string problem_;
};

template <class Way, class Subject>
requires std::is_same_v<std::remove_const_t<Subject>, FlakySubject>
void members(Way& way, Subject& subject) {
  way.member("subject", subject.name);
  way.member("flips", subject.evidence.flips);
  way.member("steady", subject.evidence.steady);
  way.member("as_of", subject.evidence.as_of);
  way.member("last_flip", subject.last_flip);
  way.member("active", subject.was_active);
  way.member("since", subject.since);
  way.member("runs", subject.runs);
  way.member("total_flips", subject.total_flips);
  way.member("recent_flips", subject.recent_flips);
}

template <class Way, class Commit>
requires std::is_same_v<std::remove_const_t<Commit>, FlakyCommit>
void members(Way& way, Commit& commit) {
  way.member("first_evidence", commit.first_evidence);
  way.member("last_evidence", commit.last_evidence);
  way.member("failed", commit.failed);
  way.member("passed", commit.passed);
  way.member("counted_at", commit.counted_at);
  way.member("attempts", commit.attempts);
  way.member("counted", commit.counted);
}

template <class Way, class Streak>
requires std::is_same_v<std::remove_const_t<Streak>, FlakyStreak>
void members(Way& way, Streak& streak) {
  way.member("commits", streak.commits);
}

template <class Record>
std::string write(const Record& record) {
  Writer writer;
  members(writer, record);
  return writer.text();
}

template <class Record>
Result<Record> read(std::string_view document) {
  Reader reader{document};
  Record record;
  members(reader, record);
  if (reader.problem().empty()) return record;
  return fail(Errc::corrupt, "what was kept of flaky jobs cannot be read at '" + reader.problem() +
                                 "': " + quoted_text(document));
}

}  // namespace

std::string document_of(const FlakySubject& subject) {
  return write(subject);
}

std::string document_of(const FlakyCommit& commit) {
  return write(commit);
}

std::string document_of(const FlakyStreak& streak) {
  return write(streak);
}

template <>
Result<FlakySubject> record_of(std::string_view document) {
  auto read_one = read<FlakySubject>(document);
  if (read_one && read_one->was_active && read_one->last_flip == kNever) {
    return fail(Errc::corrupt, "a flaky job without a flip was kept: " + quoted_text(document));
  }
  return read_one;
}

template <>
Result<FlakyCommit> record_of(std::string_view document) {
  return read<FlakyCommit>(document);
}

template <>
Result<FlakyStreak> record_of(std::string_view document) {
  return read<FlakyStreak>(document);
}

}  // namespace runneriq::alerting
