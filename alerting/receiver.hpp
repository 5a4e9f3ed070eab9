// The port to those who receive messages. A receiver knows addresses, formats and replies; when it is tried,
// and what its silence means, is decided elsewhere (outbox.hpp). Nothing here calls anybody.
#pragma once

#include "alerting/notification.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace runneriq::alerting {

// A call over HTTP. What is secret stands in `secret_url` or behind `secret_header`, and nowhere else but in
// `body` where the vendor wants it there (PagerDuty's routing key): bodies are never logged.
struct WebCall {
  std::string method = "POST";
  std::string url{};    // shown in errors
  Secret secret_url{};  // called instead, where not empty: an address that is itself a credential
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string secret_header{};
  Secret secret{};
  std::string body{};
};

struct WebReply {
  int status = 0;
  // Names in lower case. "retry-after" in whole seconds: whoever made the call turns a date into them.
  std::map<std::string, std::string> headers{};
  std::string body{};  // at most 64 KiB
};

struct Mail {
  std::string from{};
  std::vector<std::string> to{};
  std::string text{};  // RFC 5322: headers and body, lines end in CRLF
};

// What a receiver said of a message.
struct DeliveryReply {
  enum class Kind {
    delivered,
    later,      // of this message: 5xx, a busy answer
    throttled,  // of the whole receiver: 429, and whoever does not answer
    never,      // what is wrong stays wrong: to the dead letters
  } kind = Kind::delivered;
  // Label of metrics, as Alertmanager's: "", "clientError", "serverError", "authError", "rateLimited",
  // "timeout", "connection", "contentError" (a 200 with an error in it).
  std::string failure{};
  std::string words{};             // one sentence, without secrets
  std::optional<Duration> wait{};  // as told (Retry-After); at most an hour is heeded
  std::string handle{};            // by which the message can be updated later; "" = none
};

// What the receiver needs beside the notification.
struct DeliveryContext {
  Time now{};
  std::string handle{};  // of the group's first message here; "" = none yet
  int attempt = 1;
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  [[nodiscard]] virtual std::string_view type() const = 0;  // "slack"
  // Pause between two messages that the vendor asks for.
  [[nodiscard]] virtual Duration pace() const = 0;
  using Call = std::variant<WebCall, Mail>;
  // What is longer than the vendor takes is cut at characters, never within an escape; all that is not ours
  // is escaped for its target.
  [[nodiscard]] virtual Call call(const Notification& notification, const DeliveryContext& context) const = 0;
  // Of a web call, whatever its status; not asked for a mail.
  [[nodiscard]] virtual DeliveryReply judge(const WebReply& reply, Time now) const = 0;
};

// What most replies mean: 2xx delivered; 429 throttled; 408, 5xx later; 401, 403, 404, 410 and all else,
// redirects too, never. With Retry-After where it is tried again. Nothing of the body is in the words.
DeliveryReply judge_status(const WebReply& reply, Time now);

// What Retry-After says, at most an hour; none where it says nothing, or no number.
std::optional<Duration> told_wait(const WebReply& reply);

// Whether a vendor who can change a message is to change the group's first one instead of getting another:
// resolved ones and new members that are no worse than warnings, since a change rings nobody; as long as
// there is a handle. From the third attempt on the message is posted: what was to be changed may be gone, and
// no failure may stay untold for it.
bool updates_in_place(const Notification& notification, const DeliveryContext& context);

}  // namespace runneriq::alerting
