// What the stages say of an event: plain sentences for `alerts explain`.
#pragma once

#include "alerting/flaky.hpp"
#include "alerting/inhibition.hpp"
#include "alerting/labels.hpp"
#include "alerting/recent_greens.hpp"
#include "alerting/routing.hpp"
#include "alerting/suppression.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace runneriq::alerting {

// 16 hexadecimal digits.
std::string hex(std::uint64_t key);

std::string taken_words(const Classified& event);
std::string told_before_words(const Event& event, std::int64_t number);
std::string old_words(Duration age, Duration oldest);
std::string steady_words(const FlakyVerdict& verdict);
std::string held_words(const FlakyVerdict& verdict);
std::string retried_words(const Green& green);
std::string rule_words(const SuppressionRule& rule);
std::string silence_words(const Silence& silence);
// "runner build-7 is online again": when what hid `hidden` is over.
std::string over_words(const Inhibitor& inhibitor, const Event& hidden);
std::string route_words(const Route& route);
std::string cooldown_words(Time told, std::uint64_t message, Time again);
std::string late_words(Time resolved);
// "green again at 1a2b3c4d", "passed on the same commit".
std::string green_words(const Green& green, bool same_commit);

}  // namespace runneriq::alerting
