#include "core/named_rows.hpp"

#include "core/option_rows.hpp"

namespace runneriq {
namespace {

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kLongestName = 64;

}  // namespace

Result<void> check_name(std::string_view name) {
  const bool plain = name.find_first_not_of(kNameCharacters) == std::string_view::npos;
  if (plain && !name.empty() && name.size() <= kLongestName) return {};
  return not_expected(name, "a name: write lower-case letters, digits, '-' and '_'");
}

}  // namespace runneriq
