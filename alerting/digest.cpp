#include "alerting/digest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostLines = 20;

bool lies_in(Time time, Time from, Time to) {
  return from <= time && time < to;
}

void add(Digest& digest, std::map<std::pair<std::string, std::string>, DigestLine>& lines,
         const KeptEvent& kept) {
  const Verdict& verdict = kept.verdict;
  // What was told twice, or is history, is no failure of these days.
  if (verdict.fate == Fate::suppressed && verdict.stage == Stage::intake) {
    ++digest.left_out.at(static_cast<std::size_t>(verdict.stage));
    return;
  }
  ++digest.failures;
  DigestLine& line = lines[{kept.event.project, kept.event.name}];
  ++line.failures;
  switch (verdict.fate) {
    case Fate::sent:
      ++digest.told;
      ++line.told;
      break;
    case Fate::waiting:
      ++digest.waiting;
      break;
    case Fate::suppressed:
      ++digest.left_out.at(static_cast<std::size_t>(verdict.stage));
      if (line.reason.empty()) line.reason = verdict.reason;
      break;
  }
}

}  // namespace

Digest digest_of(std::span<const KeptEvent> events, std::span<const OutboxMessage> messages, Time from,
                 Time to) {
  Digest digest;
  digest.from = from;
  digest.to = to;
  std::map<std::pair<std::string, std::string>, DigestLine> lines;
  for (const KeptEvent& kept : events) {
    if (lies_in(kept.event.time, from, to)) add(digest, lines, kept);
  }
  for (const OutboxMessage& message : messages) {
    if (!lies_in(message.notification.time, from, to)) continue;
    ++digest.messages;
    if (message.state == MessageState::dead) ++digest.dead;
  }
  for (auto& [subject, line] : lines) {
    std::tie(line.project, line.job) = subject;
    digest.most.push_back(std::move(line));
  }
  std::ranges::stable_sort(digest.most, std::greater{}, &DigestLine::failures);
  if (digest.most.size() > kMostLines) digest.most.resize(kMostLines);
  return digest;
}

nlohmann::ordered_json digest_document(const Digest& digest) {
  nlohmann::ordered_json left_out = nlohmann::ordered_json::object();
  for (std::size_t stage = 0; stage < digest.left_out.size(); ++stage) {
    left_out[std::string(to_text(static_cast<Stage>(stage)))] = digest.left_out[stage];
  }
  nlohmann::ordered_json most = nlohmann::ordered_json::array();
  for (const DigestLine& line : digest.most) {
    most.push_back({{"project", line.project},
                    {"job", line.job},
                    {"failures", line.failures},
                    {"told", line.told},
                    {"left_out_because", line.reason}});
  }
  return {{"from", runneriq::to_text(digest.from)},
          {"to", runneriq::to_text(digest.to)},
          {"failures", digest.failures},
          {"told", digest.told},
          {"waiting", digest.waiting},
          {"left_out", std::move(left_out)},
          {"messages", digest.messages},
          {"dead", digest.dead},
          {"most_failures", std::move(most)}};
}

}  // namespace runneriq::alerting
