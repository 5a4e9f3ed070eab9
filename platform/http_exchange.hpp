// One call of the client while it is under way: what curl is told, and what comes back.
#pragma once

#include "platform/http_address.hpp"
#include "platform/http_client.hpp"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>

namespace runneriq::platform {

// Where the call goes, and what may be shown of it. Error: invalid_argument.
Result<HttpAddress> address_of(const HttpCall& call);

class HttpExchange {
 public:
  // Error: invalid_argument, when the call cannot be sent as it is.
  static Result<std::unique_ptr<HttpExchange>> make(HttpCall call, const HttpClientSettings& settings);
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  ~HttpExchange();

  [[nodiscard]] CURL* easy() const { return easy_; }
  // After curl is done with `easy`: whether it is to be performed again, because of a redirect.
  [[nodiscard]] Result<bool> redirected(CURLcode code);
  // The reply, when it is not.
  [[nodiscard]] HttpReply take_reply();
  [[nodiscard]] tl::unexpected<Error> failed(Errc code, std::string_view words) const;

 private:
  HttpExchange(HttpCall call, HttpAddress address);
  void set_up(const HttpClientSettings& settings);
  void set_method();
  void set_headers();
  void add_header(std::string_view name, std::string_view value);
  void set_time_limits();
  void aim_at(const std::string& url);
  [[nodiscard]] const std::string& target() const;
  void note_header(std::string_view line);
  void drop_beginning();
  [[nodiscard]] bool goes_to_sink();
  void hand_over(std::string_view piece);
  [[nodiscard]] Result<bool> follow(const std::string& url);
  [[nodiscard]] tl::unexpected<Error> failure(CURLcode code) const;
  static std::size_t on_body(const char* bytes, std::size_t one, std::size_t count, void* self);
  static std::size_t on_header(const char* bytes, std::size_t one, std::size_t count, void* self);

  HttpCall call_;
  HttpAddress address_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  HttpReply reply_;
  bool head_is_whole_ = false;
  std::size_t header_bytes_ = 0;
  std::size_t handed_over_ = 0;  // bytes of the body, to the sink
  int redirects_ = 0;
  const char* refused_ = nullptr;  // why we broke off
};

}  // namespace runneriq::platform
