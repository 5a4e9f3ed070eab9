#include "platform/http_address.hpp"

#include "core/printable.hpp"
#include "platform/http_field.hpp"

#include <curl/curl.h>

#include <memory>

namespace runneriq::platform {
namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK || text == nullptr) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

tl::unexpected<Error> unusable(std::string_view why) {
  return fail(Errc::invalid_argument, "the URL cannot be used: " + std::string(why));
}

// The port is shown when it is not the scheme's own.
std::string shown(CURLU* url, const HttpAddress& address) {
  const bool own_port = address.port == (address.scheme == "https" ? "443" : "80");
  return printable_path(address.scheme + "://" + address.host + (own_port ? "" : ":" + address.port) +
                        part(url, CURLUPART_PATH));
}

}  // namespace

Result<HttpAddress> parse_http_address(const std::string& text) {
  if (text.find('\0') != std::string::npos) return unusable("it holds a zero byte");
  const Url url(curl_url(), &curl_url_cleanup);
  if (!url) return fail(Errc::unavailable, "out of memory");
  const CURLUcode parsed = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
  if (parsed != CURLUE_OK) return unusable(curl_url_strerror(parsed));
  HttpAddress address{.scheme = lower_case(part(url.get(), CURLUPART_SCHEME)),
                      .host = lower_case(part(url.get(), CURLUPART_HOST)),
                      .port = part(url.get(), CURLUPART_PORT),
                      .shown = {}};
  if (address.scheme != "http" && address.scheme != "https") return unusable("only http and https are known");
  address.shown = shown(url.get(), address);
  return address;
}

}  // namespace runneriq::platform
