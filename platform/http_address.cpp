#include "platform/http_address.hpp"

#include "core/printable.hpp"
#include "platform/http_field.hpp"

#include <curl/curl.h>

#include <memory>
#include <string_view>

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

// curl_url_strerror() is younger than the oldest libcurl that we run with.
std::string_view words_of(CURLUcode refused) {
  switch (refused) {
    case CURLUE_BAD_PORT_NUMBER:
      return "its port is not a number from 0 to 65535";
    case CURLUE_UNSUPPORTED_SCHEME:
      return "only http and https are known";
    case CURLUE_USER_NOT_ALLOWED:
      return "it holds a user name or a password";
    case CURLUE_OUT_OF_MEMORY:
      return "out of memory";
    default:
      return "it is not written as a URL";
  }
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
  if (parsed != CURLUE_OK) return unusable(words_of(parsed));
  HttpAddress address{.scheme = lower_case(part(url.get(), CURLUPART_SCHEME)),
                      .host = lower_case(part(url.get(), CURLUPART_HOST)),
                      .port = part(url.get(), CURLUPART_PORT),
                      .shown = {}};
  if (address.scheme != "http" && address.scheme != "https") return unusable("only http and https are known");
  address.shown = shown(url.get(), address);
  return address;
}

}  // namespace runneriq::platform
