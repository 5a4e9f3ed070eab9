// How it is worded that a call was not made for want of calls: by our own budget or by GitLab's limit.
#pragma once

#include "core/time.hpp"

#include <string>
#include <string_view>

namespace runneriq::gitlab {

std::string own_shortage(int calls_per_minute);
std::string shortage_of_gitlab(int calls_left, Time until);

bool is_own_shortage(std::string_view why);
bool is_shortage(std::string_view why);  // of either

}  // namespace runneriq::gitlab
