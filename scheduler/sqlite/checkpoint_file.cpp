#include "scheduler/sqlite/checkpoint_file.hpp"

#include "platform/files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace runneriq::scheduler {
namespace {

constexpr std::string_view kMark = "runneriq-audit-checkpoint 1 ";
constexpr std::size_t kDigestLength = 64;
constexpr std::size_t kLongest = 256;

bool is_digest(std::string_view text) {
  return text.size() == kDigestLength &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<Checkpoint> parse(std::string_view text) {
  if (!text.starts_with(kMark) || !text.ends_with('\n')) return std::nullopt;
  text = text.substr(kMark.size(), text.size() - kMark.size() - 1);
  Checkpoint checkpoint;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), checkpoint.seq);
  if (error != std::errc{} || checkpoint.seq < 1) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(' ') || !is_digest(text.substr(1))) return std::nullopt;
  checkpoint.digest = text.substr(1);
  return checkpoint;
}

}  // namespace

Result<std::optional<Checkpoint>> CheckpointFile::read() const {
  const auto text = platform::read_file(path_, kLongest);
  if (!text && text.error().code == Errc::not_found) return std::optional<Checkpoint>{};
  if (!text && text.error().code != Errc::invalid_argument) return fail(text.error());
  auto checkpoint = text ? parse(*text) : std::nullopt;
  if (checkpoint) return checkpoint;
  return fail(Errc::corrupt, path_ +
                                 " is no checkpoint of an audit trail: look into who changed it, and move "
                                 "it aside; the next one is written then");
}

Result<void> CheckpointFile::replace(const Checkpoint& checkpoint) const {
  const std::string line =
      std::string(kMark) + std::to_string(checkpoint.seq) + " " + checkpoint.digest + "\n";
  return platform::replace_file(path_, line);
}

Result<std::string> CheckpointFile::set_aside(const Checkpoint& checkpoint) const {
  const std::string base = path_ + ".lost-" + std::to_string(checkpoint.seq);
  std::string name = base;
  for (int n = 2; platform::exists(name); ++n) name = base + "-" + std::to_string(n);
  if (std::rename(path_.c_str(), name.c_str()) == 0) return name;
  return fail(platform::system_error("cannot move " + path_ + " aside", errno));
}

}  // namespace runneriq::scheduler
