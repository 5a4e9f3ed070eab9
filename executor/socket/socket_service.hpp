// The scheduler service, asked over the host's Unix socket.
#pragma once

#include "platform/unix_http.hpp"
#include "scheduler/admission_service.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::executor {

// What all calls of one stage together may wait for answers.
inline constexpr Duration kServicePatience = std::chrono::milliseconds{250};

// Anything but a proper answer is an error: not_found (no socket; for changed(): the service does not know
// the job), invalid_argument (the service refuses what it was told), else timed_out, permission or
// unavailable. Messages begin with "the scheduler service".
class SocketService final : public scheduler::AdmissionService {
 public:
  explicit SocketService(std::string path, Duration patience = kServicePatience)
      : path_(std::move(path)), patience_(patience) {}

  [[nodiscard]] Result<scheduler::AdmissionStanding> submit(
      const scheduler::AdmissionQuestion& question) override;
  [[nodiscard]] Result<std::optional<scheduler::AdmissionStanding>> changed(
      const scheduler::AdmissionKey& key, std::int64_t version) override;
  [[nodiscard]] Result<void> leave(const scheduler::AdmissionKey& key) override;
  [[nodiscard]] Result<std::size_t> deliver(const scheduler::OutcomeReport& report) override;

 private:
  [[nodiscard]] Result<platform::HttpReply> call(platform::UnixHttpCall call);
  [[nodiscard]] Result<void> begin(const platform::UnixHttpCall& call);
  [[nodiscard]] Result<void> begin_poll(const scheduler::AdmissionKey& key, std::int64_t version);
  [[nodiscard]] Result<std::optional<platform::HttpReply>> look();

  std::string path_;
  Duration patience_;  // what is left of it
  std::optional<platform::UnixHttp> connection_;
};

}  // namespace runneriq::executor
