#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq {

// A user of the host as /etc/passwd and /etc/group name it. `name` and `home` may be empty
// for a number that no line names.
struct Account {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  // supplementary, without gid
  std::string home;
  friend bool operator==(const Account&, const Account&) = default;
};

}  // namespace runneriq
