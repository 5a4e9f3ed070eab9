// What failed, and where, in words. Pure.
#pragma once

#include "alerting/notification.hpp"

#include <string>
#include <string_view>

namespace runneriq::alerting {

// How failures of a kind are spoken of: "" lint "failed"; "runner" r1 "is offline".
struct KindWords {
  std::string_view noun;  // before the name; "" = the name says it all
  std::string_view failed;
  std::string_view nouns;  // for several: "3 runners are offline"
  std::string_view failed_all;
};
const KindWords& words_of(EventKind kind);

// What a failure is called: its name, else its runner, pipeline, number or the word of its kind; "" where it
// has none of them. Printable.
std::string subject_of(const Event& event);
// Names, refs, users and reasons as they are shown: printable, at most 120 bytes.
std::string shown(std::string_view theirs);

// "[FIRING:3] error: lint failed in acme/shop on 3 refs", "[RESOLVED] lint in acme/shop on main".
std::string title_of(const Notification& notification);

// "1 alert", "3 alerts".
std::string counted(long long number, std::string_view noun, std::string_view nouns);

}  // namespace runneriq::alerting
