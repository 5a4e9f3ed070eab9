#include "alerting/active_time.hpp"

#include "core/lower_case.hpp"
#include "core/option_rows.hpp"
#include "core/trimmed.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

constexpr int kDay = 24 * 60;  // minutes
constexpr int kWeek = 7 * kDay;
constexpr std::size_t kLongestText = 1000;
constexpr Duration kLongestWait = std::chrono::days{8};
// A day on which clocks are set forward may leave the minute out, a week may leave its day out.
constexpr Duration kLongestUntilMinute = std::chrono::days{15};
constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

using Minutes = std::chrono::minutes;
using MinuteTime = std::chrono::sys_time<Minutes>;

Minutes offset_at(std::string_view zone, Time at, const TimeZones& zones) {
  return zones.offset(zone, at).value_or(Minutes::zero());
}

// On the clock of a place that is `offset` ahead of UTC. 1970 began on a Thursday.
int minute_of_week(Time at, Minutes offset) {
  const auto minutes = std::chrono::floor<Minutes>(at.time_since_epoch()) + offset;
  return static_cast<int>((minutes.count() % kWeek + kWeek + 3 * kDay) % kWeek);
}

// The first whole minute after `from` and up to `to` with another offset than at `from`; at `to` there is
// one.
Time change_between(MinuteTime from, MinuteTime to, std::string_view zone, const TimeZones& zones) {
  const Minutes before = offset_at(zone, from, zones);
  while (to - from > 1min) {
    const MinuteTime middle = from + (to - from) / 2;
    (offset_at(zone, middle, zones) == before ? from : to) = middle;
  }
  return to;
}

// What stands before `separator`; `text` keeps what is behind it.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text = trimmed(text.substr(std::min(end + 1, text.size())));
  return part;
}

Result<int> parse_day(std::string_view text) {
  const auto found = std::ranges::find(kDays, lower_case(text));
  if (found == kDays.end())
    return not_expected(text, "a day: write Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily");
  return static_cast<int>(found - kDays.begin());
}

// "Mon", "Mon-Fri", "Sat-Mon"
Result<void> mark_days(std::string_view text, std::array<bool, 7>& days) {
  const bool one = text.find('-') == std::string_view::npos;
  const Result<int> first = parse_day(cut(text, '-'));
  if (!first) return fail(first.error());
  const Result<int> last = one ? first : parse_day(text);
  if (!last) return fail(last.error());
  for (int day = *first;; day = (day + 1) % 7) {
    days[static_cast<std::size_t>(day)] = true;
    if (day == *last) return {};
  }
}

Result<std::array<bool, 7>> parse_days(std::string_view text) {
  std::array<bool, 7> days{};
  if (lower_case(text) == "daily") {
    days.fill(true);
    return days;
  }
  do {
    if (auto marked = mark_days(cut(text, ','), days); !marked) return fail(std::move(marked.error()));
  } while (!text.empty());
  return days;
}

struct DaySpan {
  int from, length;
};

Result<DaySpan> parse_span(std::string_view text) {
  std::string_view rest = text;
  const auto from = parse_minute_of_day(cut(rest, '-'));
  const auto to = rest == "24:00" ? Result<int>{kDay} : parse_minute_of_day(rest);
  if (!from || !to) return not_expected(text, "a span of hours: write it like 08:00-18:00");
  return DaySpan{*from, *to > *from ? *to - *from : *to - *from + kDay};
}

}  // namespace

Result<int> parse_minute_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100;
  };
  if (text.size() == 5 && text[2] == ':') {
    const int hour = 10 * digit(0) + digit(1);
    const int minute = 10 * digit(3) + digit(4);
    if (hour < 24 && minute < 60) return 60 * hour + minute;
  }
  return not_expected(text, "a time of the day from 00:00 to 23:59");
}

class ActiveTime::Reader {
 public:
  explicit Reader(ActiveTime& into) : into_(into) {}

  // "Mon-Fri 08:00-18:00 Europe/Berlin"
  Result<void> part(std::string_view text) {
    const auto days = parse_days(cut(text, ' '));
    if (!days) return fail(days.error());
    const auto span = parse_span(cut(text, ' '));
    if (!span) return fail(span.error());
    for (int day = 0; day < 7; ++day) {
      if ((*days)[static_cast<std::size_t>(day)]) {
        into_.spans_.push_back({day * kDay + span->from, span->length});
      }
    }
    return zone(text);
  }

 private:
  Result<void> zone(std::string_view text) {
    if (text.empty()) return {};
    if (!into_.zone_.empty() && into_.zone_ != text) {
      return not_expected(text,
                          "the zone that was said before (" + into_.zone_ + "): write one zone for all");
    }
    into_.zone_ = text;
    return {};
  }

  ActiveTime& into_;
};

Result<ActiveTime> ActiveTime::parse(std::string_view text, std::string_view zone, const TimeZones& zones) {
  ActiveTime made;
  if (text.size() > kLongestText) return not_expected(text, "short enough: write at most 1,000 bytes");
  made.text_ = trimmed(text);
  if (made.text_.empty() || made.text_ == "always") return made;
  Reader reader{made};
  std::string_view rest = made.text_;
  while (!rest.empty()) {
    if (auto read = reader.part(cut(rest, ';')); !read) return fail(std::move(read.error()));
  }
  if (made.zone_.empty()) made.zone_ = zone;
  if (const auto known = zones.offset(made.zone_, Time{}); !known) return fail(known.error());
  return made;
}

bool ActiveTime::holds_in(int minute_of_week) const {
  return std::ranges::any_of(
      spans_, [&](const Span& span) { return (minute_of_week - span.from + kWeek) % kWeek < span.length; });
}

Duration ActiveTime::until_start(int minute_of_week) const {
  int least = kWeek;
  for (const Span& span : spans_) least = std::min(least, (span.from - minute_of_week + kWeek) % kWeek);
  return Minutes{least};
}

bool ActiveTime::holds(Time at, const TimeZones& zones) const {
  return is_always() || holds_in(minute_of_week(at, offset_at(zone_, at, zones)));
}

// From one start of a span to the next on the clock of the place, and from one change of that clock to the
// next: in between nothing begins.
Time ActiveTime::first(Time from, Time limit, const TimeZones& zones) const {
  MinuteTime at = std::chrono::ceil<Minutes>(from);
  while (at < limit) {
    const Minutes offset = offset_at(zone_, at, zones);
    const int minute = minute_of_week(at, offset);
    if (holds_in(minute)) return at;
    const MinuteTime then = at + std::chrono::floor<Minutes>(std::min<Duration>(until_start(minute), 24h));
    const bool changes = offset_at(zone_, then, zones) != offset;
    at = changes ? std::chrono::floor<Minutes>(change_between(at, then, zone_, zones)) : then;
  }
  return limit;
}

Time ActiveTime::next(Time at, const TimeZones& zones) const {
  return holds(at, zones) ? at : first(at, at + kLongestWait, zones);
}

Time next_at(Time after, int weekday, int minute, std::string_view zone, const TimeZones& zones) {
  ActiveTime moment;
  moment.zone_ = zone;
  for (int day = 0; day < 7; ++day) {
    if (weekday < 0 || weekday == day) moment.spans_.push_back({day * kDay + minute, 1});
  }
  const Time next_minute = std::chrono::floor<Minutes>(after) + 1min;
  return moment.first(next_minute, after + kLongestUntilMinute, zones);
}

}  // namespace runneriq::alerting
