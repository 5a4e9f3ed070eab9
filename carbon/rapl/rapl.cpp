#include "carbon/rapl/rapl.hpp"

#include "core/printable.hpp"
#include "platform/files.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace runneriq::carbon {
namespace {

constexpr std::size_t kLargestFile = 4096;
// Not intel-rapl-mmio:0, the same counters by another way. AMD's have Intel's names, too.
constexpr std::string_view kZone = "intel-rapl:";

std::string_view without_newline(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

bool counts(std::string_view domain) {
  return domain.starts_with("package-") || domain == "dram";
}

std::string remedy_of(Errc code) {
  if (code == Errc::permission) {
    return "; let gitlab-runner run as root, or give its group the right to read energy_uj with a udev rule";
  }
  return "; set executor.energy.measure to off to do without";
}

tl::unexpected<Error> unreadable(Error error) {
  error.message += remedy_of(error.code);
  return fail(std::move(error));
}

Result<std::uint64_t> number_in(const std::string& path) {
  const auto text = platform::read_file(path, kLargestFile);
  if (!text) return unreadable(text.error());
  const std::string_view digits = without_newline(*text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc{} && end == digits.data() + digits.size()) return number;
  return unreadable({Errc::invalid_argument, path + " holds no number, but " + quoted_text(digits)});
}

Result<RaplCounter> counter_in(const std::string& zone, std::string domain) {
  const auto energy = number_in(zone + "/energy_uj");
  if (!energy) return fail(energy.error());
  const auto range = number_in(zone + "/max_energy_range_uj");
  if (!range) return fail(range.error());
  return RaplCounter{std::move(domain), *energy, *range};
}

std::vector<std::string> zones_in(const std::string& folder) {
  std::vector<std::string> zones = platform::names_in(folder);
  std::erase_if(zones, [](const std::string& name) { return !name.starts_with(kZone); });
  std::ranges::sort(zones);
  return zones;
}

// A zone without a name is none of ours.
std::string domain_of(const std::string& zone) {
  return std::string(without_newline(platform::read_file(zone + "/name", kLargestFile).value_or("")));
}

}  // namespace

Result<std::vector<RaplCounter>> read_rapl(const std::string& sysfs) {
  const std::string folder = sysfs + "/class/powercap";
  std::vector<RaplCounter> counters;
  for (const std::string& name : zones_in(folder)) {
    std::string zone = folder;
    zone.append("/").append(name);
    std::string domain = domain_of(zone);
    if (!counts(domain)) continue;
    auto counter = counter_in(zone, std::move(domain));
    if (!counter) return fail(std::move(counter.error()));
    counters.push_back(std::move(*counter));
  }
  if (!counters.empty()) return counters;
  return fail(Errc::not_found, "no energy counters in " + folder +
                                   ": this machine shows none, as most virtual ones; nothing is to be done");
}

}  // namespace runneriq::carbon
