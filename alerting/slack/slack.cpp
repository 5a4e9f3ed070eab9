#include "alerting/slack/slack.hpp"

#include "alerting/reply_words.hpp"
#include "alerting/secret_address.hpp"
#include "alerting/slack/blocks.hpp"
#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kFallback = 500;  // characters of the text for notifications

// Errors of the Web API that stay what they are (api.slack.com/methods/chat.postMessage, chat.update).
constexpr std::array<std::string_view, 9> kRefusedTokens{
    "account_inactive", "access_denied", "invalid_auth",  "missing_scope",     "no_permission",
    "not_authed",       "token_expired", "token_revoked", "org_login_required"};
constexpr std::array<std::string_view, 17> kWrongForGood{"channel_not_found",      "channel_is_archived",
                                                         "ekm_access_denied",      "invalid_arguments",
                                                         "invalid_arg_name",       "invalid_blocks",
                                                         "invalid_blocks_format",  "invalid_charset",
                                                         "invalid_json",           "is_archived",
                                                         "messages_tab_disabled",  "msg_blocks_too_long",
                                                         "msg_too_long",           "no_text",
                                                         "not_in_channel",         "restricted_action",
                                                         "team_access_not_granted"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

DeliveryReply of_error(std::string_view error) {
  using Kind = DeliveryReply::Kind;
  constexpr std::string_view kWords = "Slack answered with an error";
  const auto said = [&](Kind kind, std::string_view failure) {
    return DeliveryReply{.kind = kind, .failure = std::string(failure), .words = std::string(kWords)};
  };
  if (error == "ratelimited" || error == "rate_limited") return said(Kind::throttled, "rateLimited");
  if (is_one_of(kRefusedTokens, error)) return said(Kind::never, "authError");
  return said(is_one_of(kWrongForGood, error) ? Kind::never : Kind::later, "contentError");
}

// A message that was posted: where it is, and which.
struct Handle {
  std::string channel, ts;
};

std::optional<Handle> parse_handle(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const Handle handle{.channel = std::string(text.substr(0, slash)),
                      .ts = plain_handle(text.substr(slash + 1), ".")};
  return handle.channel.empty() || handle.ts.empty() ? std::nullopt : std::optional(handle);
}

std::string handle_of(const nlohmann::json& answer) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string channel = plain_handle(text_member(answer, "channel"), kLetters);
  const std::string ts = plain_handle(text_member(answer, "ts"), ".");
  return channel.empty() || ts.empty() ? std::string{} : channel + "/" + ts;
}

Json body_of(const MessageText& message) {
  return {{"text", cut_escaped(slack_escaped(message.title), kFallback)},
          {"blocks", slack_blocks(message)},
          {"mrkdwn", false},
          {"unfurl_links", false},
          {"unfurl_media", false}};
}

WebCall json_call(const Json& body) {
  WebCall call;
  call.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  call.body = json_line(body);
  return call;
}

}  // namespace

Result<void> check(const SlackSettings& settings) {
  if (is_address(settings.secret)) return check_address(settings.secret, "the Slack receiver");
  const std::string& token = settings.secret.reveal();
  if (!token.starts_with("xoxb-") && !token.starts_with("xoxp-")) {
    return fail(Errc::invalid_argument,
                "the secret of the Slack receiver is neither the https:// address of an incoming webhook nor "
                "a token that begins with xoxb- or xoxp-");
  }
  if (!settings.channel.empty()) return {};
  return fail(Errc::invalid_argument, "a Slack receiver with a token needs a channel: write `to: '#alerts'`");
}

Receiver::Call Slack::call(const Notification& notification, const DeliveryContext& context) const {
  Json body = body_of(message_text(notification));
  if (is_address(settings_.secret)) {
    WebCall call = json_call(body);
    call.url = shown_address(settings_.secret);
    call.secret_url = settings_.secret;
    return call;
  }
  const std::optional<Handle> handle =
      updates_in_place(notification, context) ? parse_handle(context.handle) : std::nullopt;
  body["channel"] = handle ? handle->channel : settings_.channel;
  if (handle) body["ts"] = handle->ts;
  body["parse"] = "none";
  body["link_names"] = false;
  WebCall call = json_call(body);
  call.url = settings_.api + (handle ? "/chat.update" : "/chat.postMessage");
  call.secret_header = "Authorization";
  call.secret = Secret{"Bearer " + settings_.secret.reveal()};
  return call;
}

DeliveryReply Slack::judge(const WebReply& reply, Time now) const {
  return is_address(settings_.secret) ? judge_webhook(reply, now) : judge_api(reply, now);
}

// A webhook answers "ok", or one word: "invalid_payload", "no_service", "channel_is_archived".
DeliveryReply Slack::judge_webhook(const WebReply& reply, Time now) const {
  const DeliveryReply judged = judge_status(reply, now);
  if (judged.kind != DeliveryReply::Kind::delivered) return with_words(judged, reply.body, settings_.secret);
  if (reply.body.starts_with("ok")) return judged;
  return with_words({.kind = DeliveryReply::Kind::later,
                     .failure = "contentError",
                     .words = "Slack's webhook did not answer 'ok'"},
                    reply.body, settings_.secret);
}

DeliveryReply Slack::judge_api(const WebReply& reply, Time now) const {
  const nlohmann::json answer = reply_object(reply.body);
  const std::string error = text_member(answer, "error");
  const DeliveryReply judged = judge_status(reply, now);
  if (judged.kind != DeliveryReply::Kind::delivered) return with_words(judged, error, settings_.secret);
  if (answer.value("ok", nlohmann::json()) != true) {
    DeliveryReply refused = of_error(error);
    if (refused.kind != DeliveryReply::Kind::never) refused.wait = told_wait(reply);
    return with_words(std::move(refused), error, settings_.secret);
  }
  DeliveryReply delivered = judged;
  delivered.handle = handle_of(answer);
  return delivered;
}

}  // namespace runneriq::alerting
