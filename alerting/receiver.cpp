#include "alerting/receiver.hpp"

#include <algorithm>
#include <charconv>

namespace runneriq::alerting {
namespace {

constexpr Duration kLongestWait = std::chrono::hours{1};

DeliveryReply said(DeliveryReply::Kind kind, std::string_view failure, int status, std::string_view words) {
  return {.kind = kind,
          .failure = std::string(failure),
          .words = "it answered " + std::to_string(status) + ": " + std::string(words)};
}

DeliveryReply judge_refusal(int status) {
  using Kind = DeliveryReply::Kind;
  switch (status) {
    case 401:
    case 403:
      return said(Kind::never, "authError", status, "the credential is refused; renew the receiver's secret");
    case 404:
    case 410:
      return said(Kind::never, "clientError", status, "there is nothing at this address any more");
    case 408:
      return said(Kind::later, "timeout", status, "it did not get the message in time");
    case 429:
      return said(Kind::throttled, "rateLimited", status, "too many messages");
    default:
      return said(Kind::never, "clientError", status, "it does not take this message");
  }
}

}  // namespace

DeliveryReply judge_status(const WebReply& reply, Time /*now*/) {
  using Kind = DeliveryReply::Kind;
  if (reply.status >= 200 && reply.status < 300) return {};
  DeliveryReply judged = judge_refusal(reply.status);
  if (reply.status >= 500) judged = said(Kind::later, "serverError", reply.status, "it is in trouble");
  if (reply.status < 200) judged = said(Kind::later, "connection", reply.status, "that is no answer");
  if (judged.kind != Kind::never) judged.wait = told_wait(reply);
  return judged;
}

std::optional<Duration> told_wait(const WebReply& reply) {
  const auto header = reply.headers.find("retry-after");
  if (header == reply.headers.end() || header->second.empty()) return std::nullopt;
  const std::string& text = header->second;
  unsigned long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMost =
      static_cast<unsigned long long>(std::chrono::floor<std::chrono::seconds>(kLongestWait).count());
  return error == std::errc{} ? std::chrono::seconds{std::min(seconds, kMost)} : kLongestWait;
}

bool updates_in_place(const Notification& notification, const DeliveryContext& context) {
  constexpr int kLastAttempt = 2;
  // An update rings nobody: what is bad is posted.
  const bool is_mild = notification.severity > Severity::error;
  const bool goes_on =
      notification.reason == Reason::resolved || (notification.reason == Reason::new_member && is_mild);
  return goes_on && !context.handle.empty() && context.attempt <= kLastAttempt;
}

}  // namespace runneriq::alerting
