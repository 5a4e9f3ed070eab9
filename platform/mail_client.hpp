// Mails, one at a time, by SMTP. Nothing but this and http_client.hpp knows libcurl.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <string>
#include <utility>
#include <vector>

namespace runneriq::platform {

struct MailCall {
  std::string from;  // addresses alone: "runneriq@example.com"
  std::vector<std::string> to;
  std::string text;                                // RFC 5322; every line ends in CRLF
  Duration time_limit = std::chrono::seconds{20};  // for the whole delivery
};

// What the server said last, of any kind.
struct MailReply {
  int code = 0;         // RFC 5321: 2xx accepted, 4xx not now, 5xx never
  std::string words{};  // "550 5.1.1 no such user"; printable
  // Recipients that were refused although others were accepted (then `code` is 2xx), with the server's words.
  std::vector<std::pair<std::string, std::string>> refused{};
};

// A port, so that what decides about mails can be tried without a network.
class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // A reply of any code is a reply. Errors (messages never hold a secret): timed_out; unavailable (name,
  // connection, half a conversation, stop); permission (TLS verification failed, no STARTTLS, no way to log
  // in); invalid_argument (an address or a text that cannot be sent).
  [[nodiscard]] virtual Result<MailReply> send(const MailCall& call) = 0;
};

struct MailClientSettings {
  // "smtp://host[:port]" (port 25): by STARTTLS, or not at all; in the clear if the host is a loopback
  // address. "smtp+starttls://host[:port]": by STARTTLS there, too. "smtps://host[:port]" (port 465): TLS
  // from the first byte.
  std::string url;
  std::string user{};  // "" = without logging in
  Secret password{};
  std::string ca_file{};  // "" = the system's
  int stop_fd = -1;       // readable when the program should stop; −1 = none. Not owned.
};

// TLS is always verified, with at least version 1.2.
class MailClient final : public MailTransport {
 public:
  // Errors: invalid_argument for a URL of another form; unavailable where libcurl cannot send mail.
  static Result<MailClient> make(MailClientSettings settings);
  Result<MailReply> send(const MailCall& call) override;

 private:
  enum class Security { clear, starttls, tls };
  MailClient(MailClientSettings settings, std::string url, Security security)
      : settings_(std::move(settings)), url_(std::move(url)), security_(security) {}
  MailClientSettings settings_;
  std::string url_;  // as libcurl reads it: smtp or smtps
  Security security_;
};

}  // namespace runneriq::platform
