#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::Silence;
using nlohmann::json;

constexpr Duration kPreviewed = std::chrono::days{7};
constexpr std::size_t kMostPreviewed = 1000;
constexpr std::size_t kMostLines = 20;

constexpr std::array kFlags{
    FlagRow{"--for", "DURATION", "How long it lasts, such as 2h; at most 90d. Needed to add one."},
    FlagRow{"--start", "TIME", "When it begins, an RFC 3339 time; otherwise at once."},
    FlagRow{"--comment", "TEXT", "Why; needed to add one."},
    FlagRow{"--author", "NAME", "Who wants it; otherwise who you are."},
    FlagRow{"--preview", "", "Only show what it would hide: of what fires, and of the last 7 days."},
    FlagRow{"--all", "", "List those that are over, too."},
    kOutputFlag,
};

std::string author_of(const Session& session, const Invocation& invocation) {
  if (invocation.has("--author")) return std::string(invocation.value("--author"));
  return session.actor.starts_with("user:") ? session.actor.substr(5) : session.actor;
}

Result<void> check_needed(const Invocation& invocation) {
  if (!invocation.has("--for")) return fail(Errc::invalid_argument, "--for is needed: write --for 2h");
  if (invocation.has("--comment")) return {};
  return fail(Errc::invalid_argument,
              "--comment is needed: write --comment TEXT, with why nobody is to be told");
}

Result<Silence> silence_of(const Session& session, const Invocation& invocation) {
  if (auto right = check_needed(invocation); !right) return fail(std::move(right.error()));
  const std::vector<std::string> words(invocation.arguments.begin() + 1, invocation.arguments.end());
  auto match = alerting::Matchers::parse(joined(words, ","));
  if (!match) return fail(std::move(match.error()));
  const Time now = session.waiter.now();
  Silence silence{.match = *std::move(match),
                  .start = now,
                  .author = author_of(session, invocation),
                  .comment = std::string(invocation.value("--comment")),
                  .made = now};
  if (invocation.has("--start")) {
    const auto start = parse_time(invocation.value("--start"));
    if (!start) return fail(Error{start.error()}.within("--start"));
    silence.start = *start;
  }
  const auto lasts = parse_duration(invocation.value("--for"));
  if (!lasts) return fail(Error{lasts.error()}.within("--for"));
  silence.end = silence.start + *lasts;
  if (auto right = check(silence, now); !right) return fail(std::move(right.error()));
  return silence;
}

// ---- what it would hide ------------------------------------------------------------------------

struct Preview {
  json firing = json::array();
  json events = json::array();
  std::map<std::string, int> failures;  // by what failed
};

bool would_hide(const Silence& silence, const alerting::Classified& failure) {
  return silence.match.match(alerting::LabelValues{failure});
}

Result<Preview> preview_of(const AlertPorts& ports, const Silence& silence, Time now) {
  Preview preview;
  const auto kept = kept_alerts(ports, now);
  if (!kept) return fail(kept.error());
  for (const auto& firing : kept->firing) {
    if (would_hide(silence, firing.latest)) preview.firing.push_back(firing_document(firing));
  }
  if (ports.store == nullptr) return preview;
  alerting::Classifier classifier{ports.rules.classifier};
  const auto events = ports.store->events({.since = now - kPreviewed, .most = kMostPreviewed});
  if (!events) return fail(events.error());
  for (const alerting::KeptEvent& event : *events) {
    if (!would_hide(silence, classifier.classify(event.event))) continue;
    preview.events.push_back(kept_event_document(event));
    ++preview.failures[subject_text(event.event)];
  }
  return preview;
}

std::string preview_text(const Preview& preview) {
  if (preview.firing.empty() && preview.events.empty())
    return "It would hide nothing that fails now, nor anything that failed in the last 7 days.\n";
  std::string text = wrapped(
      "", "It would hide " + std::to_string(preview.firing.size()) + " of what fails now, and " +
              counted(static_cast<std::int64_t>(preview.events.size()), "failure") + " of the last 7 days:");
  std::vector<std::pair<std::string, int>> most(preview.failures.begin(), preview.failures.end());
  std::ranges::stable_sort(most, std::greater{}, &std::pair<std::string, int>::second);
  std::vector<Row> rows;
  for (const auto& [what, count] : most) {
    if (rows.size() < kMostLines) rows.push_back({{std::to_string(count)}, {what}});
  }
  text += table_text({{"FAILED", Align::right}, {"WHAT", Align::left, Cut::end}}, rows);
  if (most.size() <= kMostLines) return text;
  return text + "and " + std::to_string(most.size() - kMostLines) + " more\n";
}

void show_preview(Session& session, const Invocation& invocation, const Silence& silence, Preview preview) {
  session.out.result(wants_json(invocation)
                         ? pretty({{"silence", silence_document(silence, session.waiter.now())},
                                   {"firing", std::move(preview.firing)},
                                   {"events", std::move(preview.events)}})
                         : preview_text(preview));
}

// ---- list, add, expire -------------------------------------------------------------------------

std::string table_of(const std::vector<Silence>& silences, Time now) {
  std::vector<Row> rows;
  for (const Silence& silence : silences) {
    rows.push_back({{std::to_string(silence.id)},
                    {std::string(to_text(state_of(silence, now)))},
                    {to_text(silence.end)},
                    {on_one_line(silence.author)},
                    {on_one_line(silence.match.text())},
                    {on_one_line(silence.comment)}});
  }
  return table_text({{"ID", Align::right},
                     {"STATE"},
                     {"UNTIL"},
                     {"BY", Align::left, Cut::end},
                     {"WHAT", Align::left, Cut::end},
                     {"WHY", Align::left, Cut::end}},
                    rows);
}

Result<Exit> list(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  if (auto right = takes_no_more(invocation); !right) return fail(std::move(right.error()));
  std::vector<Silence> silences;
  if (ports.store != nullptr) {
    auto known = ports.store->silences();
    if (!known) return fail(std::move(known.error()));
    silences = *std::move(known);
  }
  const Time now = session.waiter.now();
  if (!invocation.has("--all")) {
    std::erase_if(silences, [&](const Silence& one) { return one.end <= now; });
  }
  if (wants_json(invocation)) {
    json all = json::array();
    for (const Silence& silence : silences) all.push_back(silence_document(silence, now));
    session.out.result(pretty({{"silences", std::move(all)}}));
  } else {
    session.out.result(silences.empty() ? "Nothing is silenced.\n" : table_of(silences, now));
  }
  return Exit::fine;
}

std::string added_text(const Silence& silence, Time now) {
  const std::string id = std::to_string(silence.id);
  return wrapped("", "Silence " + id + " hides " + on_one_line(silence.match.text()) + " from " +
                         (silence.start <= now ? "now" : to_text(silence.start)) + " until " +
                         to_text(silence.end) + "; `runneriq alerts silence expire " + id + "` ends it.");
}

Result<Exit> add(Session& session, const Invocation& invocation, const AlertPorts& ports, Silence silence) {
  const Time now = session.waiter.now();
  if (invocation.has("--preview")) {
    auto preview = preview_of(ports, silence, now);
    if (!preview) return fail(std::move(preview.error()));
    show_preview(session, invocation, silence, *std::move(preview));
    return Exit::fine;
  }
  const auto id = ports.store->add(silence);
  if (!id) return fail(id.error());
  silence.id = *id;
  session.out.result(wants_json(invocation) ? pretty(silence_document(silence, now))
                                            : added_text(silence, now));
  return Exit::fine;
}

// Nothing is opened, and no file made, for one that is none.
Exit add(Session& session, const Invocation& invocation) {
  const auto silence = silence_of(session, invocation);
  if (!silence) return tell(session, silence.error(), SourceRequest::Kind::snapshot);
  const bool makes = !invocation.has("--preview");
  return with_alerts(session, makes ? Session::AlertFile::make : Session::AlertFile::as_it_is,
                     [&](AlertPorts& ports) { return add(session, invocation, ports, *silence); });
}

Result<Exit> expire(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  if (invocation.arguments.size() != 2)
    return fail(Errc::invalid_argument, "alerts silence expire needs the ID of one silence");
  const auto id = parse_id("alerts silence expire", invocation.arguments[1]);
  if (!id) return fail(id.error());
  if (ports.store == nullptr) return fail(nothing_recorded());
  if (auto done = ports.store->expire(*id, session.waiter.now()); !done) return fail(std::move(done.error()));
  session.out.result(wants_json(invocation) ? pretty({{"expired", *id}})
                                            : "Silence " + std::to_string(*id) + " is over.\n");
  return Exit::fine;
}

Exit silence(Session& session, const Invocation& invocation) {
  const std::string what = invocation.arguments.empty() ? "list" : invocation.arguments.front();
  if (what == "add") return add(session, invocation);
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    if (what == "list") return list(session, invocation, ports);
    if (what == "expire") return expire(session, invocation, ports);
    return fail(Errc::invalid_argument, "alerts silence takes list, add or expire, not " + quoted_text(what));
  });
}

}  // namespace

CommandRow alerts_silence_command() {
  return {
      .name = "alerts silence",
      .arguments = "[list|add|expire...]",
      .summary = "List, add or end silences.",
      .text =
          "`alerts silence add MATCHER... --for 2h --comment TEXT` hides every failure whose labels match "
          "all of them, such as `project=\"acme/shop\"` or `ref=~\"release/.*\"`; `--preview` shows what it "
          "would hide. `alerts silence expire ID` ends one at once. A running loop heeds them within "
          "seconds.",
      .flags = kFlags,
      .run = silence};
}

}  // namespace runneriq::cli
