// GitLab's two ways of paging.
#include "gitlab/simulator/call.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t kUsualPage = 20;
constexpr std::int64_t kLargestPage = 100;
// Above it GitLab leaves out what costs it a count.
constexpr std::size_t kMostCounted = 10'000;

Result<std::int64_t> page_size(const Call& call) {
  auto size = call.whole("per_page", kUsualPage);
  if (!size) return size;
  if (*size < 1) return fail(Errc::invalid_argument, "per_page does not have a valid value");
  return std::min(*size, kLargestPage);
}

// The address of this call with other values of some parameters.
std::string address(const Call& call, const std::vector<std::pair<std::string, std::string>>& changes) {
  auto query = call.query;
  for (const auto& [name, value] : changes) {
    std::erase_if(query, [&, key = name](const auto& field) { return field.first == key; });
    query.emplace_back(name, value);
  }
  std::string text = call.base + call.path;
  char mark = '?';
  for (const auto& [name, value] : query) {
    text += mark + encoded(name) + "=" + encoded(value);
    mark = '&';
  }
  return text;
}

std::string link(const std::string& address, std::string_view relation) {
  return "<" + address + ">; rel=\"" + std::string(relation) + "\"";
}

struct Offsets {
  std::int64_t page = 1, size = kUsualPage, last = 1;
};

std::vector<platform::HttpHeader> offset_headers(const Call& call, const Offsets& at, std::size_t total) {
  const auto page = [&](std::int64_t number) {
    return address(call, {{"page", std::to_string(number)}, {"per_page", std::to_string(at.size)}});
  };
  std::string links;
  if (at.page > 1) links += link(page(at.page - 1), "prev") + ", ";
  if (at.page < at.last) links += link(page(at.page + 1), "next") + ", ";
  links += link(page(1), "first");
  const bool counted = total <= kMostCounted;
  if (counted) links += ", " + link(page(at.last), "last");
  std::vector<platform::HttpHeader> headers{
      {"Link", links},
      {"x-page", std::to_string(at.page)},
      {"x-per-page", std::to_string(at.size)},
      {"x-next-page", at.page < at.last ? std::to_string(at.page + 1) : ""},
      {"x-prev-page", at.page > 1 ? std::to_string(at.page - 1) : ""}};
  if (!counted) return headers;
  headers.push_back({"x-total", std::to_string(total)});
  headers.push_back({"x-total-pages", std::to_string(at.last)});
  return headers;
}

void add_headers(ServedReply& reply, std::vector<platform::HttpHeader> headers) {
  reply.headers.insert(reply.headers.end(), headers.begin(), headers.end());
}

}  // namespace

ServedReply offset_page(const Call& call, std::size_t total,
                        const std::function<json(std::size_t)>& element) {
  const auto size = page_size(call);
  if (!size) return refusal(size.error());
  const auto page = call.whole("page", 1);
  if (!page) return refusal(page.error());
  const auto count = static_cast<std::int64_t>(total);
  const Offsets at{.page = std::max<std::int64_t>(*page, 1),
                   .size = *size,
                   .last = std::max<std::int64_t>((count + *size - 1) / *size, 1)};
  json elements = json::array();
  if (at.page <= at.last) {
    for (std::int64_t index = (at.page - 1) * at.size; index < std::min(count, at.page * at.size); ++index)
      elements.push_back(element(static_cast<std::size_t>(index)));
  }
  ServedReply reply = json_reply(200, elements);
  add_headers(reply, offset_headers(call, at, total));
  return reply;
}

ServedReply keyset_page(const Call& call, const std::vector<std::int64_t>& ids, std::string_view cursor,
                        const std::function<json(std::int64_t)>& element) {
  const auto size = page_size(call);
  if (!size) return refusal(size.error());
  const bool ascending = call.text("sort").value_or("desc") == "asc";
  auto from = ids.begin();
  if (call.text(cursor)) {
    const auto behind = call.whole(cursor, 0);
    if (!behind) return refusal(behind.error());
    from = std::find_if(ids.begin(), ids.end(),
                        [&](std::int64_t id) { return ascending ? id > *behind : id < *behind; });
  }
  const auto until = from + std::min<std::ptrdiff_t>(*size, ids.end() - from);
  json elements = json::array();
  for (auto id = from; id != until; ++id) elements.push_back(element(*id));
  ServedReply reply = json_reply(200, elements);
  if (until != ids.end()) {
    reply.headers.push_back(
        {"Link", link(address(call, {{std::string(cursor), std::to_string(*(until - 1))}}), "next")});
  }
  return reply;
}

}  // namespace runneriq::gitlab::simulator
