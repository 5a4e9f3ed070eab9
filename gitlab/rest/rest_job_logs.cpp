#include "gitlab/rest/rest_job_logs.hpp"

#include "gitlab/rest/single_calls.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::gitlab {
namespace {

// What a server that knows ranges says of one at the end of nothing.
constexpr int kNoSuchRange = 416;

std::string address_of(ProjectId project, JobId job) {
  return "/api/v4/projects/" + std::to_string(project.value()) + "/jobs/" + std::to_string(job.value()) +
         "/trace";
}

std::string title_of(JobId job) {
  return "log of job " + std::to_string(job.value());
}

// Where the body of a reply begins in the log: the 7 of "Content-Range: bytes 7-99/100", or 0 of a reply that
// is the whole.
std::optional<std::size_t> beginning_of(const platform::HttpReply& head) {
  constexpr std::string_view kUnit = "bytes ";
  if (head.status != 206) return 0;
  const std::string_view range = head.header("content-range");
  if (!range.starts_with(kUnit)) return std::nullopt;
  std::size_t begin = 0;
  const char* const last = range.data() + range.size();
  const auto [end, error] = std::from_chars(range.data() + kUnit.size(), last, begin);
  return error == std::errc{} && end != last && *end == '-' ? std::optional{begin} : std::nullopt;
}

// Puts the bodies of one attempt after the other together to one log.
class LogPieces {
 public:
  LogPieces(std::size_t most, const std::function<void(std::string_view)>& take) : most_(most), take_(take) {}

  // Of one attempt.
  platform::BodySink sink() {
    return [this, at = std::optional<std::size_t>{}](const platform::HttpReply& head,
                                                     std::string_view piece) mutable {
      if (!at) at = beginning_of(head);
      misplaced_ = !at || *at > given_;
      if (misplaced_) return;
      const std::size_t known = std::min(given_ - *at, piece.size());
      *at += piece.size();
      add(piece.substr(known));
    };
  }
  [[nodiscard]] std::size_t given() const { return given_; }
  [[nodiscard]] bool full() const { return given_ == most_; }
  [[nodiscard]] bool goes_on() const { return goes_on_; }
  [[nodiscard]] bool misplaced() const { return misplaced_; }

 private:
  void add(std::string_view piece) {
    const std::string_view fits = piece.substr(0, most_ - given_);
    goes_on_ |= fits.size() < piece.size();
    if (fits.empty()) return;
    given_ += fits.size();
    take_(fits);
  }

  std::size_t most_;
  const std::function<void(std::string_view)>& take_;
  std::size_t given_ = 0;
  bool goes_on_ = false;    // more came than fits
  bool misplaced_ = false;  // a piece of the log that does not follow what was given
};

}  // namespace

struct RestJobLogs::State {
  SingleCalls calls;
};

RestJobLogs::RestJobLogs(RestSettings settings, platform::HttpTransport& transport)
    : state_(new State{.calls = {std::move(settings), transport}}) {}
RestJobLogs::~RestJobLogs() = default;

Result<std::string> RestJobLogs::tail(ProjectId project, JobId job, std::size_t bytes) {
  const std::size_t most = std::min(bytes, kLongestLogTail);
  if (most == 0) return std::string{};
  Answer answer = state_->calls.ask(Question::end_of(address_of(project, job), most));
  if (answer.status == kNoSuchRange) return std::string{};
  if (!answer.body) return fail(std::move(answer.body.error()).within(title_of(job)));
  std::string log = *std::move(answer.body);
  if (log.size() > most) log.erase(0, log.size() - most);
  return log;
}

Result<LogExtent> RestJobLogs::read(ProjectId project, JobId job, std::size_t most_bytes,
                                    const std::function<void(std::string_view)>& take) {
  if (most_bytes == 0) return LogExtent{.bytes = 0, .whole = false};
  LogPieces pieces(most_bytes, take);
  Answer answer = state_->calls.ask(Question::stream(
      address_of(project, job), most_bytes, [&] { return pieces.sink(); }, [&] { return pieces.given(); }));
  const bool ended = answer.body.has_value() || answer.status == kNoSuchRange;
  if (ended && pieces.misplaced())
    return fail(Errc::corrupt, title_of(job) + ": GitLab answered with another part of it");
  if (!ended && !pieces.full()) return fail(std::move(answer.body.error()).within(title_of(job)));
  return LogExtent{.bytes = pieces.given(), .whole = ended && !pieces.goes_on()};
}

const CallCount& RestJobLogs::count() const {
  return state_->calls.count();
}

}  // namespace runneriq::gitlab
