#include "platform/mail_client.hpp"

#include "core/loopback.hpp"
#include "core/lower_case.hpp"
#include "core/printable.hpp"
#include "platform/mail_exchange.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace runneriq::platform {
namespace {

constexpr int kLongestPoll = 1000;  // milliseconds

bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

// That of a minimal installation of EL or Amazon Linux has the same name and no SMTP.
bool curl_speaks_smtp() {
  for (const char* const* name = curl_version_info(CURLVERSION_NOW)->protocols; *name != nullptr; ++name) {
    if (std::string_view{*name} == "smtp") return true;
  }
  return false;
}

// "host", "host:port", "[::1]:port"
bool is_server(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  return !text.empty() && text.front() != ':' && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Nothing that would end the command in which it stands.
bool is_address(std::string_view text) {
  return text.size() <= 254 && std::ranges::count(text, '@') == 1 && !text.starts_with('@') &&
         !text.ends_with('@') && std::ranges::all_of(text, [](char each) {
           return each > ' ' && each < '\x7f' && each != '<' && each != '>' && each != ',' && each != ';';
         });
}

// A line end of another kind may end the text early for the server, and begin a mail of somebody else's.
bool has_whole_line_ends(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n' && (at == 0 || text[at - 1] != '\r')) return false;
    if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) return false;
  }
  return true;
}

Result<void> check(const MailCall& call) {
  if (call.to.empty()) return fail(Errc::invalid_argument, "a mail needs a recipient");
  std::vector<std::string> all = call.to;
  all.push_back(call.from);
  const auto bad = std::ranges::find_if_not(all, is_address);
  if (bad != all.end()) {
    return fail(Errc::invalid_argument, quoted_text(*bad) + " is no mail address, as in anna@example.com");
  }
  if (has_whole_line_ends(call.text)) return {};
  return fail(Errc::invalid_argument, "a line of the mail does not end in CRLF");
}

using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

// Until curl is done; a stop wakes it up to find out.
CURLcode perform(CURLM* multi, CURL* easy, int stop_fd) {
  curl_multi_add_handle(multi, easy);
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(multi, &running) != CURLM_OK || running == 0) break;
    curl_waitfd stop{stop_fd, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi, &stop, stop_fd >= 0 ? 1 : 0, kLongestPoll, nullptr);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  const CURLcode code = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
  curl_multi_remove_handle(multi, easy);
  return code;
}

}  // namespace

Result<MailClient> MailClient::make(MailClientSettings settings) {
  if (!curl_is_ready()) return fail(Errc::unavailable, "libcurl cannot be used on this machine");
  if (!curl_speaks_smtp()) {
    return fail(Errc::unavailable,
                "this machine's libcurl cannot send mail: use `dnf swap libcurl-minimal libcurl`");
  }
  std::string_view url = settings.url;
  const std::string scheme = lower_case(url.substr(0, url.find("://")));
  url = url.substr(std::min(url.size(), scheme.size() + 3));
  if (url.ends_with('/')) url.remove_suffix(1);
  if ((scheme != "smtp" && scheme != "smtps" && scheme != "smtp+starttls") || !is_server(url)) {
    return fail(Errc::invalid_argument,
                "a mail server is written as smtp://host:port or smtps://host:port, "
                "without a user or a path");
  }
  const bool clear = scheme == "smtp" && is_loopback_host(host_of_server(url));
  const Security security = scheme == "smtps" ? Security::tls : clear ? Security::clear : Security::starttls;
  std::string address = (security == Security::tls ? "smtps://" : "smtp://") + std::string(url);
  return MailClient{std::move(settings), std::move(address), security};
}

Result<MailReply> MailClient::send(const MailCall& call) {
  if (auto checked = check(call); !checked) return fail(std::move(checked.error()));
  const long use_ssl = security_ == Security::clear ? CURLUSESSL_NONE : CURLUSESSL_ALL;
  const MailExchange exchange(call, settings_, {.url = url_, .use_ssl = use_ssl});
  const Multi multi(curl_multi_init(), &curl_multi_cleanup);
  if (exchange.easy() == nullptr || !multi) return fail(Errc::unavailable, "out of memory");
  return exchange.outcome(perform(multi.get(), exchange.easy(), settings_.stop_fd));
}

}  // namespace runneriq::platform
