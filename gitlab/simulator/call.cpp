#include "gitlab/simulator/call.hpp"

#include "core/json_text.hpp"
#include "core/option.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

std::optional<int> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> fields_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string& part : split(text, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    fields.emplace_back(decoded(part.substr(0, equals)),
                        decoded(part.substr(std::min(equals + 1, part.size()))));
  }
  return fields;
}

json form(std::string_view body) {
  json document = json::object();
  for (auto& [name, value] : fields_of(body)) {
    if (name.ends_with("[]")) {
      json& list = document[name.substr(0, name.size() - 2)];
      if (!list.is_array()) list = json::array();
      list.push_back(value);
    } else {
      document[name] = value;
    }
  }
  return document;
}

}  // namespace

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
    if (low) {
      plain += static_cast<char>(*high * 16 + *low);
      at += 2;
    } else {
      plain += text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

std::string encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string safe;
  for (const char byte : text) {
    if (kPlain.find(byte) != std::string_view::npos) {
      safe += byte;
    } else {
      const auto code = static_cast<unsigned char>(byte);
      safe += {'%', kDigits[code >> 4U], kDigits[code & 15U]};
    }
  }
  return safe;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Call understood(const ServedRequest& request) {
  const std::string_view target = request.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  Call call{.request = &request, .path = std::string(target.substr(0, mark))};
  for (const std::string& part : split(call.path, '/')) call.segments.push_back(decoded(part));
  call.query = fields_of(target.substr(std::min(mark + 1, target.size())));
  const std::string_view host = request.header("host");
  call.base = "http://" + (host.empty() ? "gitlab.test" : std::string(host));
  return call;
}

std::optional<std::string> Call::text(std::string_view name) const {
  const auto place =
      std::find_if(query.rbegin(), query.rend(), [&](const auto& field) { return field.first == name; });
  return place == query.rend() ? std::nullopt : std::optional(place->second);
}

std::vector<std::string> Call::list(std::string_view name) const {
  std::vector<std::string> values;
  const std::string several = std::string(name) + "[]";
  for (const auto& [key, value] : query) {
    if (key == name || key == several) values.push_back(value);
  }
  return values;
}

Result<std::int64_t> Call::whole(std::string_view name, std::int64_t otherwise) const {
  const auto written = text(name);
  if (!written) return otherwise;
  std::int64_t number = 0;
  const char* const end = written->data() + written->size();
  const auto [stop, error] = std::from_chars(written->data(), end, number);
  if (error != std::errc{} || stop != end || written->empty())
    return fail(Errc::invalid_argument, std::string(name) + " is invalid");
  return number;
}

Result<std::optional<bool>> Call::flag(std::string_view name) const {
  const auto written = text(name);
  if (!written) return std::optional<bool>{};
  if (*written == "1" || *written == "0") return std::optional(*written == "1");
  const auto value = parse_switch(*written);
  if (!value) return fail(Errc::invalid_argument, std::string(name) + " is invalid");
  return std::optional(*value);
}

Result<json> body_of(const Call& call) {
  const std::string& body = call.request->body;
  const std::string_view type = call.request->header("content-type");
  if (body.empty()) return json::object();
  json document = type.starts_with("application/json") ? shallow_json_in(body, kDeepest) : form(body);
  if (document.is_discarded() || !document.is_object())
    return fail(Errc::invalid_argument, "The provided JSON body is invalid");
  return document;
}

Result<std::string> required_text(const json& body, std::string_view key) {
  const auto place = body.find(key);
  if (place == body.end()) return fail(Errc::invalid_argument, std::string(key) + " is missing");
  if (!place->is_string() || place->get_ref<const std::string&>().empty())
    return fail(Errc::invalid_argument, std::string(key) + " is invalid");
  return place->get<std::string>();
}

ServedReply json_reply(int status, const json& document) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = json_line(document)};
}

ServedReply text_reply(int status, std::string text) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

ServedReply refusal(int status, std::string_view words) {
  return json_reply(status, {{"message", words}});
}

ServedReply bad_parameter(std::string_view words) {
  return json_reply(400, {{"error", words}});
}

ServedReply refusal(const Error& error) {
  if (error.code == Errc::not_found) return refusal(404, "404 " + error.message);
  if (error.code == Errc::permission) return refusal(403, "403 Forbidden" + error.message);
  return bad_parameter(error.message);
}

}  // namespace runneriq::gitlab::simulator
