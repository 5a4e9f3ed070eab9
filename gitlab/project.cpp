#include "gitlab/project.hpp"

#include "core/glob.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kMergeRequestRefs = "refs/merge-requests/";

}  // namespace

bool is_protected(std::string_view ref, bool is_tag, const ProtectedRefs& refs) {
  if (ref.empty() || ref.starts_with(kMergeRequestRefs)) return false;
  const std::vector<std::string>& patterns = is_tag ? refs.tags : refs.branches;
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_matches(pattern, ref); });
}

std::optional<MergeRequestIid> merge_request_of_ref(std::string_view ref) {
  if (!ref.starts_with(kMergeRequestRefs)) return std::nullopt;
  ref.remove_prefix(kMergeRequestRefs.size());
  const std::size_t digits = std::min(ref.find_first_not_of("0123456789"), ref.size());
  const std::string_view kind = ref.substr(digits);
  if (kind != "/head" && kind != "/merge" && kind != "/train") return std::nullopt;
  std::int64_t iid = 0;
  const auto [end, error] = std::from_chars(ref.data(), ref.data() + digits, iid);
  if (error != std::errc{} || iid <= 0) return std::nullopt;
  return MergeRequestIid{iid};
}

}  // namespace runneriq::gitlab
