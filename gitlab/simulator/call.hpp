// A request in the words of GitLab's API, and the replies that it may get.
#pragma once

#include "core/result.hpp"
#include "platform/http_server.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::gitlab::simulator {

using platform::ServedReply;
using platform::ServedRequest;

struct Call {
  const ServedRequest* request = nullptr;
  std::string base{};                                        // "http://127.0.0.1:41234"
  std::string path{};                                        // as sent, without the query
  std::vector<std::string> segments{};                       // of the path, decoded one by one
  std::vector<std::pair<std::string, std::string>> query{};  // decoded
  std::vector<std::string> captured{};                       // what stood for ":name" in the route

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  // `name[]=a&name[]=b`, and `name=a`.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  // Error: invalid_argument, as GitLab words it.
  [[nodiscard]] Result<std::int64_t> whole(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] Result<std::optional<bool>> flag(std::string_view name) const;
};

// `request` must outlive the call.
Call understood(const ServedRequest& request);
std::string decoded(std::string_view text);  // %2F and +
std::string encoded(std::string_view text);  // of a query's value

// The body as an object: JSON, or a form. Error: invalid_argument.
Result<nlohmann::json> body_of(const Call& call);
// A text of the body. Error: invalid_argument, missing, empty or none.
Result<std::string> required_text(const nlohmann::json& body, std::string_view key);
std::vector<std::string> split(std::string_view text, char separator);  // without empty parts

ServedReply json_reply(int status, const nlohmann::json& document);
ServedReply text_reply(int status, std::string text);
// {"message":"404 Project Not Found"}
ServedReply refusal(int status, std::string_view words);
// {"error":"scope does not have a valid value"}
ServedReply bad_parameter(std::string_view words);
// not_found: 404 "404 <message>"; permission: 403; invalid_argument: 400 {"error":<message>}.
ServedReply refusal(const Error& error);

// One page of `total` elements as GitLab's offset paging gives it: Link, x-page, x-total, …
ServedReply offset_page(const Call& call, std::size_t total,
                        const std::function<nlohmann::json(std::size_t)>& element);
// One page of keyset paging; `ids` in the order of the list. `cursor` is the query's parameter that
// tells the last id of the page before.
ServedReply keyset_page(const Call& call, const std::vector<std::int64_t>& ids, std::string_view cursor,
                        const std::function<nlohmann::json(std::int64_t)>& element);

}  // namespace runneriq::gitlab::simulator
