// Which webhooks ask for a diagnosis, and what waits for one: bounded, each pipeline once, each merge request
// that comments ask about once. Whoever may comment cannot keep pipelines waiting. Pure; for one thread at a
// time.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/webhook.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// A comment; for whom it is meant is not known yet.
struct Asking {
  std::string text{};
  UserId author = {};
  friend bool operator==(const Asking&, const Asking&) = default;
};

struct InquiryRequest {
  std::string gitlab{};  // base address; "" = not told
  ProjectId project = {};
  PipelineId pipeline = {};            // 0: of the merge request
  MergeRequestIid merge_request = {};  // 0: none is known
  std::vector<Asking> comments{};      // that may ask for it, oldest first; none: a pipeline's end does
  int attempts = 0;
  Time not_before{};
  std::optional<Time> short_since{};  // of GitLab's calls
};

// The end of a pipeline, failed or passed (a note may be resolved by it: hooks of branches do not tell whose
// merge request it is); a new comment on a merge request with a mention and the word "diagnose", unless a bot
// or GitLab wrote it. Else none.
std::optional<InquiryRequest> request_of(const gitlab::Webhook& hook);

// Whether the comment asks `bot` (a user name): "@runneriq please diagnose", in any case of letters, not
// within a longer name ("@runneriq-2").
bool asks(std::string_view comment, std::string_view bot);

class InquiryQueue {
 public:
  static constexpr std::size_t kMost = 200;
  static constexpr int kMostAttempts = 4;
  static constexpr std::size_t kMostComments = 5;  // of one request
  static constexpr Duration kBetweenLooks = std::chrono::minutes{2};
  static constexpr Duration kLongestShort = std::chrono::minutes{10};
  // One that asks for the same takes its place; comments on one merge request are one request, with the
  // newest of them; who writes many displaces own ones first. Of more than kMost the oldest by comment is
  // dropped, else the oldest.
  void add(InquiryRequest request);
  // After GitLab did not answer: later, with growing pauses (5 s, 25 s, 125 s), unless the same was added
  // meanwhile. Where only the budget of calls was spent, every 30 s without counting, for kLongestShort.
  // False: often enough.
  bool add_again(InquiryRequest request, const Error& why, Time now);
  // The oldest that is due, pipelines first; by comment once in kBetweenLooks for a merge request.
  [[nodiscard]] std::optional<InquiryRequest> take(Time now);
  // What was taken asked somebody else: the next by comment on its merge request need not wait for that.
  void was_no_look(const InquiryRequest& request);
  // When the next is due; none: nothing waits.
  [[nodiscard]] std::optional<Time> next_due() const;
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  struct Look {
    std::string gitlab;
    ProjectId project;
    MergeRequestIid merge_request;
    Time at;
    [[nodiscard]] bool is_of(const InquiryRequest& request) const {
      return gitlab == request.gitlab && project == request.project && merge_request == request.merge_request;
    }
  };
  InquiryRequest* same_as(const InquiryRequest& request);
  [[nodiscard]] Time due_at(const InquiryRequest& request) const;
  void forget_looks(Time now);
  void drop_one();

  std::deque<InquiryRequest> waiting_;
  std::deque<Look> looks_;  // by comment, of the last kBetweenLooks, oldest first; at most kMostLooks
  std::int64_t dropped_ = 0;
};

}  // namespace runneriq::diagnosis
