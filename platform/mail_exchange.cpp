#include "platform/mail_exchange.hpp"

#include "core/printable.hpp"
#include "platform/curl_protocols.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace runneriq::platform {
namespace {

constexpr Duration kLongestConnect = std::chrono::seconds{10};
constexpr std::size_t kMostLines = 1000;  // a server that talks without end

// Not inherited by the programs that we start.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Errc kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Errc::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_LOGIN_DENIED:
      return Errc::permission;
    default:
      return Errc::unavailable;
  }
}

// What curl gives when the server has said no, and not when it is gone.
bool is_of_a_reply(CURLcode code) {
  return code == CURLE_SEND_ERROR || code == CURLE_LOGIN_DENIED || code == CURLE_WEIRD_SERVER_REPLY ||
         code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_USE_SSL_FAILED;
}

}  // namespace

MailExchange::MailExchange(const MailCall& call, const MailClientSettings& settings, const MailServer& server)
    : call_(call),
      shown_("mail by " + printable_path(settings.url)),
      stop_fd_(settings.stop_fd),
      end_(std::chrono::steady_clock::now() + call.time_limit),
      easy_(curl_easy_init()) {
  if (easy_ == nullptr) return;
  set_server(settings, server);
  set_mail();
}

MailExchange::~MailExchange() {
  if (easy_ != nullptr) curl_easy_cleanup(easy_);
  curl_slist_free_all(recipients_);
}

void MailExchange::set_server(const MailClientSettings& settings, const MailServer& server) {
  curl_easy_setopt(easy_, CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, words_.data());
  allow_protocols(easy_, "smtp,smtps", CURLPROTO_SMTP | CURLPROTO_SMTPS);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(easy_, CURLOPT_USE_SSL, server.use_ssl);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (settings.user.empty()) return;
  curl_easy_setopt(easy_, CURLOPT_USERNAME, settings.user.c_str());
  curl_easy_setopt(easy_, CURLOPT_PASSWORD, settings.password.reveal().c_str());
}

void MailExchange::set_mail() {
  const Duration limit = std::max(call_.time_limit, Duration{1});  // 0 would mean no limit
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(limit, kLongestConnect).count()));
  // Where curl waits without us (for the reply to the text, and to QUIT), it asks this once a second. A
  // connection that is not kept says QUIT within the call.
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &MailExchange::on_progress);
  curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_MAIL_FROM, call_.from.c_str());
  for (const std::string& each : call_.to) recipients_ = curl_slist_append(recipients_, each.c_str());
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, recipients_);
  // One address that is gone must not keep the mail from the others.
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &MailExchange::on_read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &MailExchange::on_line);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
}

bool MailExchange::is_to_stop() const {
  pollfd waits{stop_fd_, POLLIN, 0};
  return stop_fd_ >= 0 && ::poll(&waits, 1, 0) > 0;
}

int MailExchange::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& exchange = *static_cast<const MailExchange*>(self);
  return exchange.is_to_stop() || std::chrono::steady_clock::now() >= exchange.end_ ? 1 : 0;
}

std::size_t MailExchange::on_read(char* to, std::size_t one, std::size_t count, void* self) {
  auto& exchange = *static_cast<MailExchange*>(self);
  const std::size_t copied = exchange.call_.text.copy(to, one * count, exchange.sent_);
  exchange.sent_ += copied;
  return copied;
}

std::size_t MailExchange::on_line(const char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& exchange = *static_cast<MailExchange*>(self);
  std::string_view line{bytes, one * count};
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  int code = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), code);
  const bool is_last = parsed.ec == std::errc{} && (line.size() == 3 || (line.size() > 3 && line[3] == ' '));
  constexpr int kGoodbye = 221;  // to QUIT
  if (is_last && code != kGoodbye && exchange.lines_.size() < kMostLines)
    exchange.lines_.push_back({code, printable(line)});
  return one * count;
}

// The replies to RCPT stand before the one that asks for the text.
MailReply MailExchange::accepted() const {
  MailReply reply{.code = 250, .words = lines_.empty() ? "" : lines_.back().text};
  const auto text = std::ranges::find(lines_, 354, &Line::code);
  const auto before = static_cast<std::size_t>(text - lines_.begin());
  if (text == lines_.end() || before < call_.to.size()) return reply;
  for (std::size_t at = 0; at < call_.to.size(); ++at) {
    const Line& line = lines_[before - call_.to.size() + at];
    if (line.code >= 400) reply.refused.emplace_back(call_.to[at], line.text);
  }
  return reply;
}

// Where all recipients were refused, some of them for now only, it is one of those.
const MailExchange::Line& MailExchange::refusal() const {
  const std::size_t tail = std::min(lines_.size(), call_.to.size());
  const auto later = std::find_if(lines_.end() - static_cast<std::ptrdiff_t>(tail), lines_.end(),
                                  [](const Line& line) { return line.code >= 400 && line.code < 500; });
  return later != lines_.end() ? *later : lines_.back();
}

Result<MailReply> MailExchange::outcome(CURLcode code) const {
  if (code == CURLE_OK) return accepted();
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    return is_to_stop() ? failed(Errc::unavailable, "the program is stopping")
                        : failed(Errc::timed_out, "not over when the time for it was");
  }
  if (is_of_a_reply(code) && !lines_.empty() && lines_.back().code >= 400) {
    return MailReply{.code = refusal().code, .words = refusal().text};
  }
  return failed(kind_of(code), words_.front() != '\0' ? words_.data() : curl_easy_strerror(code));
}

tl::unexpected<Error> MailExchange::failed(Errc code, std::string_view words) const {
  return fail(code, shown_ + ": " + printable(words));
}

}  // namespace runneriq::platform
