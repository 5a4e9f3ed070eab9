// The host's users from /etc/passwd and /etc/group, read directly: a static binary cannot
// load the modules that getpwnam() wants.
#pragma once

#include "core/account.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

// By name, or by number when `name_or_uid` is one; a number without a line is an account
// without name and home, whose gid is its uid. Error: not_found.
Result<Account> find_account(const std::string& name_or_uid);

// The account of the effective user.
Account current_account();

bool is_root();

}  // namespace runneriq::platform
