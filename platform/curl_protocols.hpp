#pragma once

#include <curl/curl.h>

namespace runneriq::platform {

// Lets a handle speak these protocols only: their names ("http,https") and the same as bits, which a libcurl
// before 7.85 asks for.
inline void allow_protocols(CURL* easy, const char* names, long bits) {
  if (curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, names) == CURLE_OK) return;
  CURL_IGNORE_DEPRECATION(curl_easy_setopt(easy, CURLOPT_PROTOCOLS, bits);)
}

}  // namespace runneriq::platform
