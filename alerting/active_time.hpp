// When a route may send: "Mon-Fri 08:00-18:00 Europe/Copenhagen".
#pragma once

#include "alerting/time_zones.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// Spans of the week, on the clock of a place: where it is set forward, what is left out there never comes;
// where it is set back, the hour that comes twice counts twice.
class ActiveTime {
 public:
  // "DAYS HH:MM-HH:MM [ZONE]", several with ';' between them: "Mon-Fri 08:00-18:00; Sat 10:00-14:00
  // Europe/Berlin". Days: Mon..Sun, with '-' and ','; "daily". A span whose end is not after its start goes
  // on past midnight; 24:00 is the end of a day. One zone for all, said once; without any: `zone`. "" and
  // "always" are always. At most 1,000 bytes. Error: invalid_argument with the bad part; the zone is checked
  // with `zones`.
  static Result<ActiveTime> parse(std::string_view text, std::string_view zone, const TimeZones& zones);
  ActiveTime() = default;
  [[nodiscard]] bool is_always() const { return spans_.empty(); }
  // A zone that is gone since parse() counts as UTC.
  [[nodiscard]] bool holds(Time at, const TimeZones& zones) const;
  // `at` where it holds then, else the next time that it does, to the minute; at most eight days later.
  [[nodiscard]] Time next(Time at, const TimeZones& zones) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  struct Span {
    int from, length;  // minutes of the week from Monday 00:00, and how many
  };
  class Reader;
  friend Time next_at(Time after, int weekday, int minute, std::string_view zone, const TimeZones& zones);
  [[nodiscard]] bool holds_in(int minute_of_week) const;
  [[nodiscard]] Duration until_start(int minute_of_week) const;
  [[nodiscard]] Time first(Time from, Time limit, const TimeZones& zones) const;

  std::vector<Span> spans_;
  std::string zone_;
  std::string text_;
};

// The next time after `after` at which it is `minute` of the day in `zone`, on `weekday` (0 = Monday; −1 =
// any). A day on which that minute is left out, as clocks are set forward, is passed over.
Time next_at(Time after, int weekday, int minute, std::string_view zone, const TimeZones& zones);

// "08:30" is 510. Error: invalid_argument.
Result<int> parse_minute_of_day(std::string_view text);

}  // namespace runneriq::alerting
