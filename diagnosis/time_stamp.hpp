// The time before a line of a job's log. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace runneriq::diagnosis {

// Of "2026-06-05T11:59:14.281330Z 01O " at the begin of the text, without the blank behind it; 0 = none.
std::size_t length_of_time_stamp(std::string_view text);

}  // namespace runneriq::diagnosis
