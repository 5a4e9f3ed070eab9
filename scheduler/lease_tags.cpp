#include "scheduler/lease_tags.hpp"

#include "core/tag_names.hpp"

#include <algorithm>

namespace runneriq::scheduler {

TagSet set_of(std::span<const std::string> tags) {
  return {tags.begin(), tags.end()};
}

std::vector<std::string> list_of(const TagSet& tags) {
  return {tags.begin(), tags.end()};
}

TagSet our_tags(const TagSet& tags) {
  return without(tags, user_tags(tags));
}

TagSet user_tags(const TagSet& tags) {
  TagSet users = tags;
  std::erase_if(users, is_ours);
  return users;
}

TagSet united(TagSet a, const TagSet& b) {
  a.insert(b.begin(), b.end());
  return a;
}

TagSet without(TagSet a, const TagSet& b) {
  std::erase_if(a, [&](const std::string& tag) { return b.contains(tag); });
  return a;
}

bool is_within(const TagSet& a, const TagSet& b) {
  return std::ranges::includes(b, a);
}

}  // namespace runneriq::scheduler
