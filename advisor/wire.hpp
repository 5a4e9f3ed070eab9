// How a provider is spoken to, apart from how bytes get there: the seam that anthropic/ and openai/ implement
// without any I/O. Pure.
#pragma once

#include "advisor/models.hpp"
#include "advisor/question.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::advisor {

struct WireCall {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string secret_header{};  // "x-api-key"; "" = no key
  std::string secret_prefix{};  // "Bearer "
  Secret secret{};
  std::string body{};
  std::size_t largest_reply = std::size_t{1} << 20;  // bytes
};

// What came back. status 0: nothing did, and `trouble` says what.
struct WireReply {
  enum class Trouble { none, late, unreachable, too_large, stopped };
  int status = 0;
  Trouble trouble = Trouble::none;
  std::string trouble_words{};
  std::vector<std::pair<std::string, std::string>> headers{};  // names in lower case
  std::string body{};
};

struct Usage {
  std::int64_t input = 0, output = 0;  // tokens that the provider says it counted; input with cached ones
};

// Why there is no answer.
enum class Failure {
  refused,        // the model would not
  cut,            // the answer ended too early
  malformed,      // the reply, or the answer in it, is none
  unauthorised,   // 401, 402, 403: the key
  spend_limit,    // the account's
  no_such_model,  // 404
  too_large,      // 413, or a reply that is
  throttled,      // 429
  overloaded,     // 5xx, 529
  unreachable,    // no connection, reset
  late,           // the deadline
  over_budget,    // ours
  invalid,        // 400 for another reason: our mistake
  stopped,        // the program ends, or the breaker is open
};
std::string_view to_text(Failure failure);

struct ModelReply {
  std::optional<std::string> text{};  // of the answer; none: failure says why
  Failure failure = Failure::malformed;
  std::string words{};             // for people, printable, no secret
  bool try_again = false;          // a second attempt may help
  std::optional<Duration> wait{};  // before it, as the provider asks
  std::optional<Usage> usage{};    // none: not told, and the reserve stays spent
  bool charged = true;  // false: the provider surely has not counted anything (401, 404, 429, no connection)
  std::string model{};  // as the provider names it
  std::string request_id{};  // for the log
};

class Wire {
 public:
  virtual ~Wire() = default;
  [[nodiscard]] virtual ProviderKind kind() const = 0;
  [[nodiscard]] virtual WireCall call(const Question& question, std::string_view model) const = 0;
  [[nodiscard]] virtual ModelReply judge(const WireReply& reply, Time now) const = 0;
  // For doctor: a call that costs nothing and shows whether key and model are good, and what it shows.
  [[nodiscard]] virtual WireCall probe(std::string_view model) const = 0;
  [[nodiscard]] virtual std::vector<std::string> complaints_of_probe(const WireReply& reply,
                                                                     std::string_view model) const = 0;
};

// Carries one call and brings what came of it; blocks until `deadline` at most. Implemented in advisor/http.
class Carrier {
 public:
  virtual ~Carrier() = default;
  [[nodiscard]] virtual WireReply carry(const WireCall& call, Time deadline) = 0;
};

}  // namespace runneriq::advisor
