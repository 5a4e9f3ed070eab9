#include "platform/http_client.hpp"
#include "platform/http_server.hpp"

#include <algorithm>

namespace runneriq::platform {
namespace {

std::string_view first_value(const std::vector<HttpHeader>& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &HttpHeader::name);
  return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  return first_value(headers, name);
}

std::string_view ServedRequest::header(std::string_view name) const {
  return first_value(headers, name);
}

}  // namespace runneriq::platform
