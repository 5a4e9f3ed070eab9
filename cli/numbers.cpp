#include "cli/numbers.hpp"

#include "core/printable.hpp"

#include <charconv>
#include <string>

namespace runneriq::cli {

Result<std::int64_t> parse_id(std::string_view what, std::string_view text) {
  std::int64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, trouble] = std::from_chars(text.data(), last, number);
  if (trouble == std::errc{} && end == last && number > 0) return number;
  return fail(Errc::invalid_argument,
              std::string(what) + " takes an id, a positive number, not " + quoted_text(text));
}

}  // namespace runneriq::cli
