#include "advisor/reply_json.hpp"

#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;
constexpr std::size_t kLongestWords = 160;
constexpr Duration kLongestWait = std::chrono::hours{24};

struct Judgement {
  int status;
  Failure failure;
  bool try_again;
  bool charged;
};

// The providers' own tables of errors; 408 and 409 as their clients have them.
constexpr std::array kJudgements{
    Judgement{401, Failure::unauthorised, false, false}, Judgement{402, Failure::unauthorised, false, false},
    Judgement{403, Failure::unauthorised, false, false}, Judgement{404, Failure::no_such_model, false, false},
    Judgement{408, Failure::overloaded, true, true},     Judgement{409, Failure::overloaded, true, true},
    Judgement{413, Failure::too_large, false, false},    Judgement{429, Failure::throttled, true, false},
};

Judgement judgement_of(int status) {
  const auto known = std::ranges::find(kJudgements, status, &Judgement::status);
  if (known != kJudgements.end()) return *known;
  if (status >= 500) return {status, Failure::overloaded, true, true};
  return {status, Failure::invalid, false, false};
}

ModelReply without_reply(const WireReply& reply) {
  ModelReply judged{.words = printable(reply.trouble_words, kLongestWords)};
  switch (reply.trouble) {
    case WireReply::Trouble::late:
      judged.failure = Failure::late;
      break;
    case WireReply::Trouble::too_large:
      judged.failure = Failure::too_large;
      break;
    case WireReply::Trouble::stopped:
      judged.failure = Failure::stopped;
      break;
    case WireReply::Trouble::none:
    case WireReply::Trouble::unreachable:
      judged.failure = Failure::unreachable;
      judged.try_again = true;
      break;
  }
  return judged;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

json reply_object(std::string_view body) {
  json document = shallow_json_in(body, kDeepest);
  return document.is_object() ? document : json::object();
}

const json& member(const json& object, const char* name) {
  static const json kNone = nullptr;
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string text_member(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<std::int64_t> count_member(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_number_unsigned()) return std::nullopt;
  constexpr std::uint64_t kMost = 1'000'000'000;
  return static_cast<std::int64_t>(std::min(value.get<std::uint64_t>(), kMost));
}

std::string_view header(const WireReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return {};
}

std::optional<Duration> asked_wait(const WireReply& reply) {
  if (const auto milliseconds = number_in(header(reply, "retry-after-ms")))
    return std::min(Duration{std::chrono::milliseconds{std::min<std::int64_t>(*milliseconds, 1 << 30)}},
                    kLongestWait);
  if (const auto seconds = number_in(header(reply, "retry-after")))
    return std::min(Duration{std::chrono::seconds{std::min<std::int64_t>(*seconds, 1 << 20)}}, kLongestWait);
  return std::nullopt;
}

ModelReply failed_reply(const WireReply& reply, std::string_view words) {
  if (reply.status == 0) return without_reply(reply);
  const Judgement judgement = judgement_of(reply.status);
  ModelReply judged{.failure = judgement.failure,
                    .words = "HTTP " + std::to_string(reply.status) +
                             (words.empty() ? "" : ": " + printable(words, kLongestWords)),
                    .try_again = judgement.try_again,
                    .wait = asked_wait(reply),
                    .charged = judgement.charged};
  const std::string_view wish = header(reply, "x-should-retry");
  if (wish == "true") judged.try_again = true;
  if (wish == "false") judged.try_again = false;
  return judged;
}

}  // namespace runneriq::advisor
