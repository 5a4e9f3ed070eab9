#include "gitlab/test_reports.hpp"

#include "gitlab/json_reader.hpp"
#include "gitlab/screened_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <unordered_set>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDeepest = 64;

constexpr std::array<std::pair<std::string_view, TestStatus>, 4> kWords = {
    {{"success", TestStatus::success},
     {"failed", TestStatus::failed},
     {"error", TestStatus::error},
     {"skipped", TestStatus::skipped}}};

// What a case is known by within its suite. `of` must outlive it.
struct CaseName {
  const TestCase* of;
  friend bool operator==(const CaseName& a, const CaseName& b) {
    return a.of->name == b.of->name && a.of->classname == b.of->classname;
  }
};
struct CaseNameHash {
  std::size_t operator()(const CaseName& case_name) const {
    const std::hash<std::string_view> hash;
    return hash(case_name.of->name) * 31 + hash(case_name.of->classname);
  }
};

void drop_repeated(std::vector<TestCase>& cases) {
  std::unordered_set<CaseName, CaseNameHash> seen;
  std::vector<bool> first;
  first.reserve(cases.size());
  for (const TestCase& one : cases) first.push_back(seen.insert({&one}).second);
  std::size_t at = 0;
  std::erase_if(cases, [&](const TestCase&) { return !first[at++]; });
}

// Keeps of a report the names and states of its cases; output and stack traces, nearly all of it, go by. The
// document: {"test_suites": [{"name", "test_cases": [{"name", "classname", "status"}]}]}.
class Extract {
 public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(Json::number_integer_t) { return true; }
  bool number_unsigned(Json::number_unsigned_t) { return true; }
  bool number_float(Json::number_float_t, const std::string&) { return true; }
  bool binary(Json::binary_t&) { return false; }
  bool string(std::string& value) {
    if (is_in_suite() && keys_[2] == "name") suite_ = bounded(value);
    if (is_in_case()) take(value);
    return depth_ > 0;
  }
  bool start_object(std::size_t) { return enter(false); }
  bool start_array(std::size_t) { return enter(true); }
  bool end_object() {
    if (is_in_case() && !end_case()) return false;
    if (is_in_suite()) end_suite();
    --depth_;
    return true;
  }
  bool end_array() {
    --depth_;
    return true;
  }
  bool key(std::string& name) {
    if (depth_ <= keys_.size()) keys_[depth_ - 1] = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  [[nodiscard]] bool has_suites() const { return has_suites_; }
  [[nodiscard]] bool full() const { return !report_.whole; }
  TestReport take_report() {
    end_suite();  // of a report that is cut where it is full
    return std::move(report_);
  }

 private:
  enum Depth : std::size_t { in_report = 1, in_suites, in_suite, in_cases, in_case };

  [[nodiscard]] bool is_among_suites() const {
    return depth_ >= in_suites && lists_[1] && keys_[0] == "test_suites";
  }
  [[nodiscard]] bool is_in_suite() const { return depth_ == in_suite && is_among_suites() && !lists_[2]; }
  [[nodiscard]] bool is_in_case() const {
    return depth_ == in_case && is_among_suites() && !lists_[2] && lists_[3] && keys_[2] == "test_cases" &&
           !lists_[4];
  }

  bool enter(bool list) {
    if (depth_ >= kDeepest || (depth_ == 0 && list)) return false;
    if (depth_ < lists_.size()) lists_[depth_] = list;
    ++depth_;
    has_suites_ |= depth_ == in_suites && is_among_suites();
    return true;
  }
  void take(const std::string& value) {
    if (keys_[4] == "name") case_.name = bounded(value);
    if (keys_[4] == "classname") case_.classname = bounded(value);
    if (keys_[4] == "status") case_.status = test_status(value);
  }
  // False: there is room for no more.
  bool end_case() {
    TestCase ended = std::exchange(case_, {});
    if (ended.name.empty()) return true;
    report_.whole = report_.cases.size() + cases_.size() < kMostTestCases;
    if (report_.whole) cases_.push_back(std::move(ended));
    return report_.whole;
  }
  void end_suite() {
    drop_repeated(cases_);
    for (TestCase& one : cases_) {
      one.suite = suite_;
      report_.cases.push_back(std::move(one));
    }
    cases_.clear();
    suite_.clear();
  }

  std::size_t depth_ = 0;
  std::array<std::string, 5> keys_;  // the current one of the object at each depth
  std::array<bool, 5> lists_{};      // whether what is open there is one
  bool has_suites_ = false;
  TestReport report_;
  std::string suite_;
  std::vector<TestCase> cases_;  // of the suite
  TestCase case_;
};

}  // namespace

std::string_view to_text(TestStatus status) {
  const auto word = std::ranges::find(kWords, status, &std::pair<std::string_view, TestStatus>::second);
  return word == kWords.end() ? "unknown" : word->first;
}

TestStatus test_status(std::string_view text) {
  const auto word = std::ranges::find(kWords, text, &std::pair<std::string_view, TestStatus>::first);
  return word == kWords.end() ? TestStatus::unknown : word->second;
}

Result<TestReport> parse_test_report(std::string_view json) {
  ScreenedJson source{json};
  Extract extract;
  const bool whole = Json::sax_parse(ScreenedJson::Iterator{source}, ScreenedJson::Iterator{}, &extract);
  if (!whole && !extract.full())
    return fail(Errc::corrupt,
                "the test report is no valid JSON object at byte " + std::to_string(source.offset()));
  if (!extract.has_suites())
    return fail(Errc::corrupt, "the answer is no test report: it has no test_suites");
  return extract.take_report();
}

}  // namespace runneriq::gitlab
