// Sets of tags, as leases compare them.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

using TagSet = std::set<std::string, std::less<>>;

TagSet set_of(std::span<const std::string> tags);
std::vector<std::string> list_of(const TagSet& tags);  // sorted

TagSet our_tags(const TagSet& tags);  // with the marker
TagSet user_tags(const TagSet& tags);

TagSet united(TagSet a, const TagSet& b);
TagSet without(TagSet a, const TagSet& b);
bool is_within(const TagSet& a, const TagSet& b);  // every one of `a` is in `b`

}  // namespace runneriq::scheduler
