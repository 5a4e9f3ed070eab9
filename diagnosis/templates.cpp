#include "diagnosis/templates.hpp"

#include "diagnosis/signature.hpp"

namespace runneriq::diagnosis {
namespace {

// FNV-1a, 64 bits (RFC 9923).
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  return hash;
}

}  // namespace

void Templates::add(const ReadLog& log) {
  for (const LogLine& line : log.lines) {
    if (known_.size() >= kMost) return;
    add(line.text);
  }
}

void Templates::add(std::string_view cleaned_line) {
  if (known_.size() < kMost) known_.insert(hash_of(normalised(cleaned_line)));
}

bool Templates::knows(std::string_view cleaned_line) const {
  return !known_.empty() && known_.contains(hash_of(normalised(cleaned_line)));
}

}  // namespace runneriq::diagnosis
