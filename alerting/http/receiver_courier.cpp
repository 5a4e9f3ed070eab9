#include "alerting/http/receiver_courier.hpp"

#include "core/overloaded.hpp"
#include "core/printable.hpp"
#include "platform/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLargestReply = std::size_t{1} << 20;
constexpr std::size_t kLargestBody = std::size_t{64} << 10;
constexpr Duration kLongestWait = std::chrono::days{1};
constexpr std::size_t kLongestWords = 500;  // bytes

platform::HttpCall http_call(WebCall call, Duration limit) {
  platform::HttpCall made{.method = std::move(call.method),
                          .url = std::move(call.url),
                          .secret_url = std::move(call.secret_url),
                          .secret_header = std::move(call.secret_header),
                          .secret = std::move(call.secret),
                          .body = std::move(call.body),
                          .largest_reply = kLargestReply,
                          .time_limit = limit};
  for (auto& [name, value] : call.headers) made.headers.push_back({std::move(name), std::move(value)});
  return made;
}

// As receivers read it: the first of headers of one name, and a wait in seconds, whoever told it as a date.
WebReply web_reply(platform::HttpReply reply, Time now) {
  WebReply web{.status = reply.status, .body = reply.body.substr(0, kLargestBody)};
  for (const platform::HttpHeader& each : reply.headers) web.headers.emplace(each.name, each.value);
  if (const auto wait = platform::retry_after(reply, now, kLongestWait)) {
    web.headers["retry-after"] = std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count());
  }
  return web;
}

void blot_out(std::string& words, std::string_view secret) {
  if (secret.empty()) return;
  for (std::size_t at = words.find(secret); at != std::string::npos; at = words.find(secret, at)) {
    words.replace(at, secret.size(), "***");
  }
}

DeliveryReply without_secrets(DeliveryReply reply, const Secret& url, const Secret& secret) {
  blot_out(reply.words, url.reveal());
  blot_out(reply.words, secret.reveal());
  reply.words = printable_path(reply.words, kLongestWords);
  return reply;
}

DeliveryReply no_wire(std::string_view what) {
  return {.kind = DeliveryReply::Kind::later,
          .failure = "connection",
          .words = "there is no way to send " + std::string(what)};
}

std::string refusals(const platform::MailReply& reply) {
  std::string words;
  for (const auto& [address, why] : reply.refused) {
    words += (words.empty() ? "refused for " : ", ") + address + " (" + why + ")";
  }
  return printable(words, kLongestWords);
}

}  // namespace

DeliveryReply judge_error(const Error& error) {
  using Kind = DeliveryReply::Kind;
  const std::string words = printable_path(error.message, kLongestWords);
  switch (error.code) {
    case Errc::timed_out:
      return {.kind = Kind::throttled, .failure = "timeout", .words = words};
    case Errc::invalid_argument:
      return {.kind = Kind::later, .failure = "clientError", .words = words};
    default:
      return {.kind = Kind::throttled, .failure = "connection", .words = words};
  }
}

DeliveryReply judge_mail(const platform::MailReply& reply) {
  using Kind = DeliveryReply::Kind;
  const std::string words = "the mail server said " + printable(reply.words, kLongestWords);
  const auto about_login = [](int code) { return code == 530 || code == 534 || code == 535 || code == 538; };
  if (reply.code >= 200 && reply.code < 300) return {.kind = Kind::delivered, .words = refusals(reply)};
  if (reply.code == 421) return {.kind = Kind::throttled, .failure = "serverError", .words = words};
  if (about_login(reply.code)) return {.kind = Kind::never, .failure = "authError", .words = words};
  if (reply.code >= 500) return {.kind = Kind::never, .failure = "clientError", .words = words};
  return {.kind = Kind::later, .failure = "serverError", .words = words};
}

ReceiverCourier::ReceiverCourier(std::unique_ptr<const Receiver> receiver, Wires wires)
    : receiver_(std::move(receiver)), wires_(std::move(wires)) {}

DeliveryReply ReceiverCourier::bring(const Notification& notification, const DeliveryContext& context,
                                     Duration limit) {
  return std::visit(Overloaded{[&](WebCall call) { return bring(std::move(call), limit); },
                               [&](const Mail& mail) { return bring(mail, limit); }},
                    receiver_->call(notification, context));
}

DeliveryReply ReceiverCourier::bring(WebCall call, Duration limit) {
  if (wires_.web == nullptr) return no_wire("web calls");
  const Secret url = call.secret_url, secret = call.secret;
  std::optional<Result<platform::HttpReply>> outcome;
  wires_.web->begin(http_call(std::move(call), limit),
                    [&](Result<platform::HttpReply> reply) { outcome = std::move(reply); });
  wires_.web->run_until(wires_.clock() + limit);
  if (!outcome) return no_wire("web calls");
  if (!*outcome) return without_secrets(judge_error(outcome->error()), url, secret);
  const Time now = wires_.clock();
  return without_secrets(receiver_->judge(web_reply(std::move(**outcome), now), now), url, secret);
}

DeliveryReply ReceiverCourier::bring(const Mail& mail, Duration limit) {
  if (wires_.mail == nullptr) return no_wire("mails");
  const auto reply =
      wires_.mail->send({.from = mail.from, .to = mail.to, .text = mail.text, .time_limit = limit});
  if (reply) return judge_mail(*reply);
  DeliveryReply judged = judge_error(reply.error());
  // What cannot be sent stays so.
  if (reply.error().code == Errc::invalid_argument) judged.kind = DeliveryReply::Kind::never;
  return judged;
}

}  // namespace runneriq::alerting
