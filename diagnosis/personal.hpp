// What tells of a person in a log: addresses of mail and of machines, names, telephone numbers. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// In their order, apart from each other:
// - addresses of mail: [EMAIL]; those of a service that is reached as "git@host" stay;
// - IPv4 and IPv6 addresses: [IP]; those of private and local networks stay, and what is told to be a
// version;
// - the name in a home folder ("/home/NAME", "/Users/NAME", "C:\Users\NAME") and in an address
//   ("//NAME@host"): [USER]; names that runners and images give their users stay;
// - names in trailers of commits ("Signed-off-by: ", "Author: … <…>") and in variables that hold them
//   ("GITLAB_USER_NAME=", "GIT_AUTHOR_NAME="): [NAME];
// - telephone numbers with a country code ("+49 30 1234567"): [PHONE].
// Linear in the text.
std::vector<Secret> personal_in(std::string_view text);

}  // namespace runneriq::diagnosis
