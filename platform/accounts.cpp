#include "platform/accounts.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>

namespace runneriq::platform {
namespace {

using OpenFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

OpenFile open_for_reading(const char* path) {
  return {std::fopen(path, "re"), &std::fclose};
}

std::optional<std::uint32_t> as_uid(std::string_view text) {
  std::uint32_t uid = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (uid == UINT32_MAX) return std::nullopt;  // to setresuid(2) it means: no change
  return uid;
}

std::vector<std::uint32_t> groups_of(const std::string& name, std::uint32_t primary) {
  std::vector<std::uint32_t> groups;
  const OpenFile file = open_for_reading("/etc/group");
  if (!file) return groups;
  while (const group* entry = ::fgetgrent(file.get())) {
    for (char** member = entry->gr_mem; *member != nullptr; ++member) {
      if (name == *member && entry->gr_gid != primary) groups.push_back(entry->gr_gid);
    }
  }
  return groups;
}

}  // namespace

Result<Account> find_account(const std::string& name_or_uid) {
  const auto uid = as_uid(name_or_uid);
  const OpenFile file = open_for_reading("/etc/passwd");
  while (const passwd* entry = file ? ::fgetpwent(file.get()) : nullptr) {
    if (uid ? entry->pw_uid != *uid : name_or_uid != entry->pw_name) continue;
    Account account{entry->pw_name, entry->pw_uid, entry->pw_gid, {}, entry->pw_dir};
    account.groups = groups_of(account.name, account.gid);
    return account;
  }
  if (uid) return Account{"", *uid, *uid, {}, ""};
  return fail(Errc::not_found, "no user '" + name_or_uid + "' in /etc/passwd");
}

Account current_account() {
  auto account = find_account(std::to_string(::geteuid())).value_or(Account{});
  account.uid = ::geteuid();
  account.gid = ::getegid();
  return account;
}

bool is_root() {
  return ::geteuid() == 0;
}

}  // namespace runneriq::platform
