#include "alerting/email/email.hpp"

#include "alerting/email/mail_format.hpp"
#include "alerting/message_text.hpp"
#include "core/printable.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostRecipients = 50;
constexpr std::size_t kLongestSubject = 250;   // characters
constexpr std::size_t kLongestBody = 200'000;  // characters

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    if (const auto part = without_blanks(text.substr(0, comma)); !part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

// What may stand before the '@' of an id; ours are hexadecimal, others lose what does not belong there.
std::string id_of(std::string_view kind, std::string_view key, std::string_view from) {
  std::string id = "<" + std::string(kind) + ".";
  std::ranges::copy_if(key.substr(0, 128), std::back_inserter(id), [](char each) {
    return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           each == '-' || each == '_';
  });
  return id + std::string(from.substr(from.find('@'))) + ">";
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& each : addresses) text += (text.empty() ? "" : ", ") + each;
  return text;
}

}  // namespace

Result<Email> Email::make(std::string from, std::string_view to) {
  std::vector<std::string> recipients = parts_of(to);
  if (recipients.empty() || recipients.size() > kMostRecipients) {
    return fail(Errc::invalid_argument, "a mail needs 1 to 50 recipients, separated by commas");
  }
  std::vector<std::string> all = recipients;
  all.push_back(from);
  const auto bad = std::ranges::find_if_not(all, is_mail_address);
  if (bad == all.end()) return Email{std::move(from), std::move(recipients)};
  return fail(Errc::invalid_argument, quoted_text(*bad) + " is no mail address, as in anna@example.com");
}

std::string Email::headers(const Notification& notification, std::string_view title) const {
  const std::string thread = id_of("group", notification.group, from_);
  return header("From", from_) + header("To", joined(to_)) +
         header("Subject", cut_characters(title, kLongestSubject)) +
         header("Date", mail_date(notification.time)) +
         header("Message-ID", id_of("message", notification.id, from_)) + header("In-Reply-To", thread) +
         header("References", thread) + header("Auto-Submitted", "auto-generated") +
         header("X-RunnerIQ-Group", notification.group) +
         header("X-RunnerIQ-Severity", to_text(notification.severity)) +
         header("X-RunnerIQ-Reason", to_text(notification.reason)) + header("MIME-Version", "1.0") +
         header("Content-Type", "text/plain; charset=utf-8") +
         header("Content-Transfer-Encoding", "quoted-printable");
}

Receiver::Call Email::call(const Notification& notification, const DeliveryContext&) const {
  const MessageText text = message_text(notification);
  return Mail{.from = from_,
              .to = to_,
              .text = headers(notification, text.title) + "\r\n" +
                      quoted_printable(cut_characters(text.plain, kLongestBody))};
}

DeliveryReply Email::judge(const WebReply&, Time) const {
  return {.kind = DeliveryReply::Kind::never, .failure = "clientError", .words = "a mail has no web reply"};
}

}  // namespace runneriq::alerting
