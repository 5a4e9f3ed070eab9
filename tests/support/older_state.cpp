// older_state KIND VERSION FILE: a state file as the program of that schema version would have made it, with
// the product's own steps. For tests of upgrades.
#include "carbon/sqlite/carbon_schema.hpp"
#include "platform/state_file.hpp"
#include "scheduler/sqlite/fleet_schema.hpp"
#include "scheduler/sqlite/schema.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq {
namespace {

const platform::StateFileKind* kind_named(std::string_view name) {
  if (name == "host") return &scheduler::host_file();
  if (name == "fleet") return &scheduler::fleet_file();
  if (name == "carbon") return &carbon::carbon_file();
  return nullptr;
}

std::optional<std::size_t> version_in(std::string_view text) {
  std::size_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return version;
}

Result<void> make(const platform::StateFileKind& kind, std::size_t version, const std::string& path) {
  platform::StateFileKind older = kind;
  older.steps = kind.steps.first(version);
  auto file = platform::StateFile::open(older, path, std::chrono::seconds{5});
  return file ? Result<void>{} : fail(file.error());
}

int main_of(std::span<char*> words) {
  const auto* kind = words.size() == 4 ? kind_named(words[1]) : nullptr;
  const auto version = words.size() == 4 ? version_in(words[2]) : std::nullopt;
  if (kind == nullptr || !version || *version == 0 || *version >= kind->steps.size()) {
    std::fputs("usage: older_state host|fleet|carbon VERSION FILE, with a version before the newest\n",
               stderr);
    return 2;
  }
  const auto made = make(*kind, *version, words[3]);
  if (!made) std::fprintf(stderr, "%s\n", made.error().message.c_str());
  return made ? 0 : 1;
}

}  // namespace
}  // namespace runneriq

int main(int argc, char** argv) {
  return runneriq::main_of({argv, static_cast<std::size_t>(argc)});
}
