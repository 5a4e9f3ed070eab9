// One mail of the client while it is under way: what curl is told, and what the server says.
#pragma once

#include "platform/mail_client.hpp"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

struct MailServer {
  std::string url;  // smtp or smtps
  long use_ssl = CURLUSESSL_ALL;
};

class MailExchange {
 public:
  // `call` must outlive it.
  MailExchange(const MailCall& call, const MailClientSettings& settings, const MailServer& server);
  MailExchange(const MailExchange&) = delete;
  MailExchange& operator=(const MailExchange&) = delete;
  ~MailExchange();

  [[nodiscard]] CURL* easy() const { return easy_; }
  // After curl is done with `easy`, which is always to be waited for: curl ends a mail that is only taken
  // from it with what was sent of it so far, as if that were all. It is done soon after the stop or the time
  // limit.
  [[nodiscard]] Result<MailReply> outcome(CURLcode code) const;

 private:
  [[nodiscard]] tl::unexpected<Error> failed(Errc code, std::string_view words) const;
  struct Line {
    int code;
    std::string text;
  };
  void set_server(const MailClientSettings& settings, const MailServer& server);
  void set_mail();
  [[nodiscard]] MailReply accepted() const;
  [[nodiscard]] const Line& refusal() const;
  [[nodiscard]] bool is_to_stop() const;
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static std::size_t on_read(char* to, std::size_t one, std::size_t count, void* self);
  static std::size_t on_line(const char* bytes, std::size_t one, std::size_t count, void* self);

  const MailCall& call_;
  std::string shown_;
  int stop_fd_;
  std::chrono::steady_clock::time_point end_;
  CURL* easy_;
  curl_slist* recipients_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::size_t sent_ = 0;
  std::vector<Line> lines_;  // the last line of each reply of the server
};

}  // namespace runneriq::platform
