#include "alerting/digest.hpp"
#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace runneriq::cli {
namespace {

using alerting::Digest;

constexpr std::array kFlags{
    FlagRow{"--weekly", "", "Of the last seven days instead of the last one."},
    kOutputFlag,
};

// As many as are kept.
constexpr std::size_t kAll = 200'000;

Result<Digest> read_digest(alerting::AlertStore& store, Time from, Time to) {
  const auto events = store.events({.since = from, .until = to, .most = kAll});
  if (!events) return fail(events.error());
  const auto messages = store.messages({.since = from, .most = kAll});
  if (!messages) return fail(messages.error());
  return alerting::digest_of(*events, *messages, from, to);
}

std::string lines_table(const Digest& digest) {
  std::vector<Row> rows;
  for (const alerting::DigestLine& line : digest.most) {
    rows.push_back({{on_one_line(line.project)},
                    {on_one_line(line.job)},
                    {std::to_string(line.failures)},
                    {std::to_string(line.told)},
                    {on_one_line(line.reason)}});
  }
  return table_text({{"PROJECT", Align::left, Cut::start},
                     {"JOB", Align::left, Cut::end},
                     {"FAILED", Align::right},
                     {"TOLD", Align::right},
                     {"LEFT OUT BECAUSE", Align::left, Cut::end}},
                    rows);
}

std::string counts_text(const Digest& digest) {
  std::string text = "From " + to_text(digest.from) + " to " + to_text(digest.to) + ": " +
                     counted(digest.failures, "failure");
  if (digest.failures > 0) {
    text +=
        ", of which " + std::to_string(digest.told) + (digest.told == 1 ? " is" : " are") + " in a message";
  }
  if (digest.waiting > 0) text += ", " + std::to_string(digest.waiting) + " not decided yet";
  text += "; " + counted(digest.messages, "message");
  if (digest.dead > 0)
    text += ", " + std::to_string(digest.dead) + " of them dead (`runneriq alerts outbox`)";
  return wrapped("", text + ".");
}

std::string text_of(const Digest& digest) {
  const std::string text = counts_text(digest) + left_out_text(digest.left_out);
  return digest.most.empty() ? text : text + "\n" + lines_table(digest);
}

Exit digest(Session& session, const Invocation& invocation) {
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    const Time now = std::chrono::floor<std::chrono::seconds>(session.waiter.now());
    const Time from = now - (invocation.has("--weekly") ? std::chrono::days{7} : std::chrono::days{1});
    auto made = ports.store != nullptr ? read_digest(*ports.store, from, now)
                                       : Result<Digest>{alerting::digest_of({}, {}, from, now)};
    if (!made) return fail(std::move(made.error()));
    session.out.result(wants_json(invocation) ? pretty(alerting::digest_document(*made)) : text_of(*made));
    return Exit::fine;
  });
}

}  // namespace

CommandRow alerts_digest_command() {
  return {
      .name = "alerts digest",
      .arguments = "",
      .summary = "Sum up a day or a week: what failed, what was told, what was left out.",
      .text = "Of what the loop has kept. Routes with `digest: daily` or `weekly` send theirs by themselves.",
      .flags = kFlags,
      .run = digest};
}

}  // namespace runneriq::cli
