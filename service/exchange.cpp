#include "service/exchange.hpp"

#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::service {
namespace {

using nlohmann::json;
using platform::ServedReply;

constexpr std::size_t kLongestMessage = 1000;

struct ErrorWords {
  int status;
  std::string_view code;
};

ErrorWords words_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return {400, "invalid_argument"};
    case Errc::not_found:
      return {404, "not_found"};
    case Errc::permission:
      return {403, "permission"};
    case Errc::conflict:
      return {409, "conflict"};
    case Errc::timed_out:
    case Errc::unavailable:
    case Errc::corrupt:
    case Errc::newer_schema:
      break;
  }
  return {503, "unavailable"};
}

}  // namespace

ServedReply empty_reply(int status) {
  return {.status = status,
          .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
}

ServedReply text_reply(int status, std::string_view type, std::string body) {
  ServedReply reply = empty_reply(status);
  reply.headers.push_back({"Content-Type", std::string(type)});
  reply.body = std::move(body);
  return reply;
}

ServedReply json_reply(int status, std::string body) {
  return text_reply(status, "application/json", std::move(body));
}

ServedReply error_reply(int status, std::string_view code, std::string_view message) {
  const json document{
      {"error", {{"code", std::string(code)}, {"message", printable_path(message, kLongestMessage)}}}};
  return json_reply(status, json_line(document));
}

ServedReply error_reply(const Error& error) {
  const ErrorWords words = words_of(error.code);
  return error_reply(words.status, words.code, error.message);
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

}  // namespace runneriq::service
