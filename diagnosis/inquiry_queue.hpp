// Which webhooks ask for a diagnosis, and what waits for one: bounded, each pipeline once. Pure; for one
// thread at a time.
#pragma once

#include "core/time.hpp"
#include "gitlab/webhook.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

struct InquiryRequest {
  std::string gitlab{};  // base address; "" = not told
  ProjectId project = {};
  PipelineId pipeline = {};            // 0: of the merge request
  MergeRequestIid merge_request = {};  // 0: none is known
  std::string comment{};               // that asks for it; "" = a pipeline's end does
  UserId author = {};                  // of the comment
  int attempts = 0;
  Time not_before{};
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
  // One that asks for the same takes its place; a comment is the same only with its author and its words,
  // since for whom it is meant is not known yet. Of more than kMost the oldest is dropped.
  void add(InquiryRequest request);
  // After GitLab did not answer: later, with growing pauses (5 s, 25 s, 125 s), unless the same was added
  // meanwhile. False: often enough.
  bool add_again(InquiryRequest request, Time now);
  // The oldest that is due.
  [[nodiscard]] std::optional<InquiryRequest> take(Time now);
  // When the next is due; none: nothing waits.
  [[nodiscard]] std::optional<Time> next_due() const;
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  std::deque<InquiryRequest> waiting_;
  std::int64_t dropped_ = 0;
};

}  // namespace runneriq::diagnosis
