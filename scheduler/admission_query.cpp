// The queries that name a place in the service's queue.
#include "core/percent_encoding.hpp"
#include "core/printable.hpp"
#include "scheduler/admission_service.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kLongestQuery = 16 * 1024;
using Values = std::map<std::string, std::string, std::less<>>;

tl::unexpected<Error> refuse(std::string_view name, const std::string& why) {
  return fail(Errc::invalid_argument, "query: " + std::string(name) + " " + why);
}

// A name that stands twice has its first value.
Result<Values> values_of(std::string_view query) {
  Values values;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!value)
      return refuse(printable(pair.substr(0, equals)), "is not percent-encoded: " + quoted_text(pair));
    values.emplace(pair.substr(0, equals), std::move(*value));
  }
  return values;
}

Result<std::string> text(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) return refuse(name, "is missing");
  return found->second;
}

Result<std::int64_t> number(const Values& values, std::string_view name, std::int64_t otherwise,
                            std::int64_t highest) {
  const auto found = values.find(name);
  if (found == values.end()) return otherwise;
  const std::string& digits = found->second;
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc{} && end == digits.data() + digits.size() && value >= 0 && value <= highest) {
    return value;
  }
  return refuse(
      name, "must be a whole number from 0 to " + std::to_string(highest) + ", got " + quoted_text(digits));
}

Result<AdmissionKey> key_in(const Values& values) {
  auto gitlab = text(values, "gitlab");
  if (!gitlab) return fail(std::move(gitlab.error()));
  auto attempt = text(values, "attempt");
  if (!attempt) return fail(std::move(attempt.error()));
  if (!attempt->starts_with('/')) return refuse("attempt", "must be an absolute path");
  if (!values.contains("job")) return refuse("job", "is missing");
  const auto job = number(values, "job", 0, INT64_MAX);
  if (!job) return fail(job.error());
  return AdmissionKey{{GitLabUrl{std::move(*gitlab)}, JobId{*job}}, AttemptId{std::move(*attempt)}};
}

}  // namespace

std::string to_query(const AdmissionKey& key) {
  return "gitlab=" + percent_encoded(key.job.gitlab.value()) + "&job=" + std::to_string(key.job.job.value()) +
         "&attempt=" + percent_encoded(key.attempt.value());
}

std::string to_query(const AdmissionPoll& poll) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(poll.wait).count();
  return to_query(poll.key) + "&version=" + std::to_string(poll.version) + "&wait=" + std::to_string(seconds);
}

Result<AdmissionPoll> parse_admission_query(std::string_view query) {
  if (query.size() > kLongestQuery) return refuse("of", std::to_string(query.size()) + " bytes is too long");
  const auto values = values_of(query);
  if (!values) return fail(values.error());
  auto key = key_in(*values);
  if (!key) return fail(std::move(key.error()));
  const auto version = number(*values, "version", 0, INT64_MAX);
  if (!version) return fail(version.error());
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(kLongestPoll).count();
  const auto wait = number(*values, "wait", 0, longest);
  if (!wait) return fail(wait.error());
  return AdmissionPoll{std::move(*key), *version, std::chrono::seconds{*wait}};
}

}  // namespace runneriq::scheduler
