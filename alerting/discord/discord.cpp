#include "alerting/discord/discord.hpp"

#include "alerting/message_text.hpp"
#include "alerting/reply_words.hpp"
#include "alerting/secret_address.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

// In a code span nothing but the backtick that ends it is read.
std::string code_span(std::string_view log) {
  std::string code(log);
  std::ranges::replace(code, '`', '\'');
  return "`" + code + "`";
}

std::string shown(const Span& span) {
  switch (span.kind) {
    case Span::Kind::log:
      return code_span(span.text);
    case Span::Kind::link:
      return "[" + span.text + "](" + span.url + ")";
    case Span::Kind::theirs:
      return discord_escaped(span.text);
    case Span::Kind::ours:
      break;
  }
  return span.text;
}

std::string shown(const Line& line) {
  std::string text;
  for (const Span& span : line) text += shown(span);
  return text + "\n";
}

// Whole lines only, so that no escape and no link is cut; those that do not fit are left out before the last.
std::string description_of(const std::vector<Line>& lines) {
  constexpr std::string_view kMark = "…\n";
  std::vector<std::string> texts;
  std::vector<std::size_t> lengths;
  for (const Line& line : lines) {
    texts.push_back(shown(line));
    lengths.push_back(characters(texts.back()));
  }
  const std::size_t kept = leading_lines(lengths, kDiscordDescription, characters(kMark));
  std::string description;
  for (std::size_t at = 0; at < kept; ++at) description += texts[at];
  if (kept < texts.size()) description.append(kMark).append(texts.back());
  return description;
}

int color_of(const Notification& notification) {
  constexpr int kRed = 0xD32F2F;
  constexpr int kAmber = 0xF9A825;
  constexpr int kGreen = 0x388E3C;
  if (notification.firing <= 0) return kGreen;
  return notification.severity <= Severity::error ? kRed : kAmber;
}

std::string body_of(const Notification& notification) {
  const MessageText message = message_text(notification);
  const Json embed{{"title", cut_escaped(discord_escaped(message.title), kDiscordTitle)},
                   {"description", description_of(message.lines)},
                   {"color", color_of(notification)},
                   {"timestamp", runneriq::to_text(notification.time)}};
  const Json body{{"embeds", Json::array({embed})}, {"allowed_mentions", {{"parse", Json::array()}}}};
  return json_line(body);
}

// The address with a part added to its path; its own query stays.
Secret address(const Secret& webhook, std::string_view part, std::string_view query) {
  const std::string& text = webhook.reveal();
  const std::size_t end = std::min(text.find('?'), text.size());
  std::string with_query = text.substr(end);
  if (!query.empty()) with_query += (with_query.empty() ? "?" : "&") + std::string(query);
  return Secret{text.substr(0, end) + std::string(part) + with_query};
}

std::optional<Duration> wait_in_body(const nlohmann::json& answer) {
  constexpr double kLongest = 3600;  // seconds
  const auto member = answer.find("retry_after");
  if (member == answer.end() || !member->is_number()) return std::nullopt;
  const double seconds = member->get<double>();
  if (!(seconds >= 0)) return std::nullopt;
  return Duration{static_cast<Duration::rep>(std::ceil(std::min(seconds, kLongest) * 1000))};
}

bool message_is_gone(const nlohmann::json& answer) {
  constexpr int kUnknownMessage = 10008;
  const auto code = answer.find("code");
  return code != answer.end() && *code == kUnknownMessage;
}

}  // namespace

Result<void> check(const DiscordSettings& settings) {
  return check_address(settings.secret, "the Discord receiver");
}

Receiver::Call Discord::call(const Notification& notification, const DeliveryContext& context) const {
  const std::string message =
      updates_in_place(notification, context) ? plain_handle(context.handle) : std::string{};
  WebCall call;
  call.method = message.empty() ? "POST" : "PATCH";
  call.url = shown_address(settings_.secret);
  call.secret_url = message.empty() ? address(settings_.secret, "", "wait=true")
                                    : address(settings_.secret, "/messages/" + message, "");
  call.headers = {{"Content-Type", "application/json"}};
  call.body = body_of(notification);
  return call;
}

DeliveryReply Discord::judge(const WebReply& reply, Time now) const {
  const nlohmann::json answer = reply_object(reply.body);
  DeliveryReply judged = judge_status(reply, now);
  if (judged.kind == DeliveryReply::Kind::delivered) {
    judged.handle = plain_handle(text_member(answer, "id"));
    return judged;
  }
  if (message_is_gone(answer)) judged.kind = DeliveryReply::Kind::later;
  if (const auto wait = wait_in_body(answer); wait && judged.kind == DeliveryReply::Kind::throttled)
    judged.wait = wait;
  return with_words(std::move(judged), text_member(answer, "message"), settings_.secret);
}

std::string discord_escaped(std::string_view text) {
  constexpr std::string_view kRead = "\\*_~`|<>#[]@";
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool opens_address = text.substr(at).starts_with("://");
    if (opens_address || kRead.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
    if (c == '@') escaped += "\u200B";
  }
  return escaped;
}

}  // namespace runneriq::alerting
