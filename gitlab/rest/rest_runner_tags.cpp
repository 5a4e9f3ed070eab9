#include "gitlab/rest/rest_runner_tags.hpp"

#include "core/printable.hpp"
#include "gitlab/call_count.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/sender_settings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kRightsToSteer =
    " (steering needs a token with the scope api or manage_runner whose user is Maintainer for runners of a "
    "project, Owner for those of a group, administrator for those of the instance)";

std::string title(RunnerId runner) {
  return "runner " + std::to_string(runner.value());
}

// GitLab's tags are never so; written back, such a one would come out as another.
bool is_spoilt(const std::string& tag) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  return tag.size() >= kLongestText || tag.find(',') != std::string::npos ||
         tag.find(kReplacement) != std::string::npos;
}

// What is left out or cut here would be erased by the next write.
bool is_list_of_texts(std::string_view body) {
  const Result<nlohmann::json> runner = read_object(body);
  if (!runner) return false;
  const nlohmann::json& tags = member(*runner, "tag_list");
  return tags.is_array() && std::ranges::all_of(tags, [](const auto& tag) { return tag.is_string(); });
}

Result<RunnerTags> parse_tags(RunnerId asked, std::string_view body) {
  Result<Runner> runner = parse_runner(body);
  if (!runner) return fail(std::move(runner.error()));
  if (runner->id != asked) return fail(Errc::corrupt, "GitLab answered with " + title(runner->id));
  if (!is_list_of_texts(body))
    return fail(Errc::corrupt, "GitLab's answer holds no tag_list that is a list of texts");
  std::vector<std::string> tags = as_set(std::move(runner->traits->tags));
  const auto spoilt = std::ranges::find_if(tags, is_spoilt);
  if (spoilt != tags.end() || tags.size() >= kMostTexts) {
    return fail(Errc::corrupt, "its tags cannot be read as they are: " +
                                   (spoilt != tags.end() ? quoted_text(*spoilt) : "there are too many"));
  }
  return RunnerTags{.runner = asked, .tags = std::move(tags), .run_untagged = runner->traits->run_untagged};
}

Result<RunnerTags> tags_of(RunnerId asked, const Answer& answer) {
  Result<RunnerTags> tags =
      answer.body ? parse_tags(asked, *answer.body) : Result<RunnerTags>(fail(answer.body.error()));
  if (!tags) return fail(std::move(tags.error()).within(title(asked)));
  return tags;
}

WriteOutcome outcome_of(RunnerId runner, const Answer& answer) {
  using Kind = WriteOutcome::Kind;
  Result<RunnerTags> after = tags_of(runner, answer);
  if (after) return {.kind = Kind::applied, .after = std::move(*after), .error = {}};
  if (answer.status == 401 || answer.status == 403) after.error().message += kRightsToSteer;
  const bool refused = !answer.sent || (answer.status >= 400 && answer.status < 500 && answer.status != 408);
  return {.kind = refused ? Kind::refused : Kind::unknown, .after = {}, .error = std::move(after.error())};
}

}  // namespace

struct RestRunnerTags::State {
  State(const RestSettings& settings, platform::HttpTransport& transport)
      : base(settings.fleet.url),
        budget(settings.client.calls_per_minute, settings.poll_interval),
        sender(sender_settings(settings, Permit::reads_and_runner_tags), base, transport, budget) {}

  void ask(Question question, Sender::Done done) {
    sender.ask(std::move(question).charged(CallBudget::Charge::exempt), std::move(done));
  }
  void run() {
    sender.run();
    add(count, sender.count());
  }

  ApiBase base;
  CallBudget budget;
  Sender sender;
  CallCount count;
};

RestRunnerTags::RestRunnerTags(RestSettings settings, platform::HttpTransport& transport)
    : state_(std::make_unique<State>(settings, transport)) {}
RestRunnerTags::~RestRunnerTags() = default;

std::vector<Result<RunnerTags>> RestRunnerTags::read(std::span<const RunnerId> runners, Time deadline) {
  std::vector<Result<RunnerTags>> all(runners.size(), fail(Errc::unavailable, "not read"));
  state_->sender.open(deadline);
  for (std::size_t at = 0; at < runners.size(); ++at) {
    const RunnerId id = runners[at];
    state_->ask(Question::get("/api/v4/runners/" + std::to_string(id.value())),
                [&all, at, id](const Answer& answer) { all[at] = tags_of(id, answer); });
  }
  state_->run();
  return all;
}

std::vector<WriteOutcome> RestRunnerTags::write(std::span<const TagWrite> writes, Time deadline) {
  std::vector<WriteOutcome> all(writes.size());
  state_->sender.open(deadline);
  for (std::size_t at = 0; at < writes.size(); ++at) {
    const TagWrite& wanted = writes[at];
    state_->ask(Question::put_tags(wanted.runner, tags_body(wanted.tags)),
                [&all, at, id = wanted.runner](const Answer& answer) { all[at] = outcome_of(id, answer); });
  }
  state_->run();
  return all;
}

const CallCount& RestRunnerTags::count() const {
  return state_->count;
}

}  // namespace runneriq::gitlab
