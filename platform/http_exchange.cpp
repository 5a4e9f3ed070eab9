#include "platform/http_exchange.hpp"

#include "core/printable.hpp"
#include "platform/curl_protocols.hpp"
#include "platform/http_field.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace runneriq::platform {
namespace {

constexpr Duration kLongestConnect = std::chrono::seconds{10};
constexpr std::size_t kLargestHead = std::size_t{64} << 10;  // all replies of a call together
constexpr std::size_t kMostHeaders = 256;
constexpr int kMostRedirects = 3;
constexpr const char* kTooLarge = "the reply is larger than allowed";

Result<void> check(const HttpCall& call) {
  if (!is_http_token(call.method)) return fail(Errc::invalid_argument, "the method is no word of HTTP");
  const auto bad = std::ranges::find_if_not(call.headers, is_header);
  if (bad != call.headers.end()) {
    return fail(Errc::invalid_argument, "the header " + quoted_text(bad->name) + " cannot be sent");
  }
  if (call.secret.empty()) return {};
  if (!is_http_token(call.secret_header) || !is_header_value(call.secret.reveal())) {
    return fail(Errc::invalid_argument,
                "the secret cannot be sent in a header: it holds a line end or has no name");
  }
  return {};
}

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
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Errc::permission;
    case CURLE_URL_MALFORMAT:
      return Errc::invalid_argument;
    default:
      return Errc::unavailable;
  }
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void erase(char* text, std::size_t size) {
  volatile char* const bytes = text;
  for (std::size_t at = 0; at < size; ++at) bytes[at] = 0;
}

void erase_and_free(curl_slist* lines) {
  for (curl_slist* line = lines; line != nullptr; line = line->next)
    erase(line->data, std::strlen(line->data));
  curl_slist_free_all(lines);
}

}  // namespace

Result<HttpAddress> address_of(const HttpCall& call) {
  if (call.secret_url.empty()) return parse_http_address(call.url);
  auto address = parse_http_address(call.secret_url.reveal());
  if (!address) return address;
  const bool usual = address->port == (address->scheme == "https" ? "443" : "80");
  address->shown = call.url.empty()
                       ? address->scheme + "://" + address->host + (usual ? "" : ":" + address->port)
                       : printable_path(call.url);
  return address;
}

Result<std::unique_ptr<HttpExchange>> HttpExchange::make(HttpCall call, const HttpClientSettings& settings) {
  auto address = address_of(call);
  if (!address) return fail(std::move(address.error()));
  if (auto checked = check(call); !checked) return fail(std::move(checked.error()).within(address->shown));
  std::unique_ptr<HttpExchange> made(new HttpExchange(std::move(call), std::move(*address)));
  if (made->easy_ == nullptr) return fail(Errc::unavailable, "out of memory");
  made->set_up(settings);
  return made;
}

HttpExchange::HttpExchange(HttpCall call, HttpAddress address)
    : call_(std::move(call)), address_(std::move(address)), easy_(curl_easy_init()) {}

HttpExchange::~HttpExchange() {
  if (easy_ != nullptr) curl_easy_cleanup(easy_);
  erase_and_free(headers_);
}

void HttpExchange::set_up(const HttpClientSettings& settings) {
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, words_.data());
  allow_protocols(easy_, "http,https", CURLPROTO_HTTP | CURLPROTO_HTTPS);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not hold up the end of a call: its thread is left behind.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!settings.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.user_agent.empty()) curl_easy_setopt(easy_, CURLOPT_USERAGENT, settings.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &HttpExchange::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  set_method();
  set_headers();
  aim_at(target());
}

void HttpExchange::set_method() {
  if (!call_.body.empty() || call_.method == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, call_.body.data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
  }
  if (call_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, call_.method.c_str());
  }
}

void HttpExchange::add_header(std::string_view name, std::string_view value) {
  std::string line;
  line.reserve(name.size() + value.size() + 2);  // so that no second copy of a secret is left behind
  line.append(name).append(value.empty() ? ";" : ": ").append(value);  // ";" is curl's empty value
  headers_ = curl_slist_append(headers_, line.c_str());
  erase(line.data(), line.size());
}

void HttpExchange::set_headers() {
  headers_ = curl_slist_append(headers_, "Expect:");
  for (const HttpHeader& header : call_.headers) add_header(header.name, header.value);
  if (!call_.secret.empty()) add_header(call_.secret_header, call_.secret.reveal());
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  // Our headers are not for a proxy that only carries TLS.
  curl_easy_setopt(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

const std::string& HttpExchange::target() const {
  return call_.secret_url.empty() ? call_.url : call_.secret_url.reveal();
}

void HttpExchange::aim_at(const std::string& url) {
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  set_time_limits();
  reply_ = {};
  head_is_whole_ = false;
  words_ = {};
}

void HttpExchange::set_time_limits() {
  const auto spent = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
  const Duration left = std::max(call_.time_limit - spent, Duration{1});  // 0 would mean no limit
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(left, kLongestConnect).count()));
}

std::size_t HttpExchange::on_body(const char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& exchange = *static_cast<HttpExchange*>(self);
  const std::size_t size = one * count;
  if (exchange.goes_to_sink()) {
    exchange.hand_over({bytes, size});
    return exchange.refused_ == nullptr ? size : 0;
  }
  const bool drops = exchange.call_.excess == Excess::beginning_dropped;
  std::string& body = exchange.reply_.body;
  if (!drops && size > exchange.call_.largest_reply - body.size()) {
    exchange.refused_ = kTooLarge;
    return 0;
  }
  body.append(bytes, size);
  // Not with each piece, so that each byte is moved once.
  if (drops && body.size() / 2 > exchange.call_.largest_reply) exchange.drop_beginning();
  return size;
}

// The reply to a redirect, or an error, is not what was asked for.
bool HttpExchange::goes_to_sink() {
  if (!call_.body_sink) return false;
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  reply_.status = static_cast<int>(status);
  return status >= 200 && status < 300;
}

void HttpExchange::hand_over(std::string_view piece) {
  const std::size_t room = call_.largest_reply - handed_over_;
  if (piece.size() > room) refused_ = kTooLarge;
  piece = piece.substr(0, room);
  handed_over_ += piece.size();
  if (!piece.empty()) call_.body_sink(reply_, piece);
}

void HttpExchange::drop_beginning() {
  if (reply_.body.size() > call_.largest_reply)
    reply_.body.erase(0, reply_.body.size() - call_.largest_reply);
}

HttpReply HttpExchange::take_reply() {
  if (call_.excess == Excess::beginning_dropped) drop_beginning();
  return std::move(reply_);
}

std::size_t HttpExchange::on_header(const char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& exchange = *static_cast<HttpExchange*>(self);
  const std::size_t size = one * count;
  exchange.header_bytes_ += size;
  if (exchange.header_bytes_ > kLargestHead || exchange.reply_.headers.size() >= kMostHeaders) {
    exchange.refused_ = "the reply has more headers than allowed";
    return 0;
  }
  exchange.note_header({bytes, size});
  return size;
}

void HttpExchange::note_header(std::string_view line) {
  const bool first = line.starts_with("HTTP/");  // also of the reply that follows an interim one
  if (first) reply_.headers.clear();
  head_is_whole_ = !first && (head_is_whole_ || without_outer_blanks(line).empty());
  const std::size_t colon = line.find(':');
  if (first || colon == std::string_view::npos || colon == 0) return;
  reply_.headers.push_back(
      {lower_case(line.substr(0, colon)), std::string(without_outer_blanks(line.substr(colon + 1)))});
}

Result<bool> HttpExchange::redirected(CURLcode code) {
  if (code != CURLE_OK) return failure(code);
  // curl 7.88 takes a connection that ends among the headers for the end of a reply without a body.
  if (!head_is_whole_) return failed(Errc::unavailable, "the reply ended among its headers");
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  reply_.status = static_cast<int>(status);
  char* url = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_REDIRECT_URL, &url);
  if (url == nullptr || !is_redirect(status)) return false;
  return follow(url);
}

Result<bool> HttpExchange::follow(const std::string& url) {
  const auto target = parse_http_address(url);
  if (!target) return failed(Errc::invalid_argument, "redirected to a URL that cannot be used");
  if (!target->same_server(address_)) {
    return failed(Errc::invalid_argument,
                  "redirected to another server: " +
                      quoted_text(target->scheme + "://" + target->host + ":" + target->port));
  }
  if (call_.method != "GET")
    return failed(Errc::invalid_argument, "redirected, which is followed for GET only");
  if (++redirects_ > kMostRedirects) return failed(Errc::invalid_argument, "redirected too often");
  aim_at(url);
  return true;
}

tl::unexpected<Error> HttpExchange::failure(CURLcode code) const {
  if (refused_ != nullptr) return failed(Errc::invalid_argument, refused_);
  return failed(kind_of(code), words_.front() != '\0' ? words_.data() : curl_easy_strerror(code));
}

tl::unexpected<Error> HttpExchange::failed(Errc code, std::string_view words) const {
  return fail(code, call_.method + " " + address_.shown + ": " + printable(words));
}

}  // namespace runneriq::platform
