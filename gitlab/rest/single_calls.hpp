// Questions that are asked one after the other, each with the time and the retries of a reading.
#pragma once

#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/rest/sender.hpp"

#include <utility>

namespace runneriq::gitlab {

class SingleCalls {
 public:
  // `transport` must outlive this.
  SingleCalls(RestSettings settings, platform::HttpTransport& transport, Permit permit = Permit::reads_only);
  [[nodiscard]] Answer ask(Question question);
  // The whole of a list, page by page.
  template <class T>
  [[nodiscard]] Listed<T> list(ListQuestion<T> question) {
    Listed<T> listed{.status = 0, .items = fail(Errc::unavailable, "not asked")};
    question.done = [&](Listed<T> given) { listed = std::move(given); };
    sender_.open(settings_.now() + settings_.client.tick_limit);
    read_pages<T>(sender_, std::move(question));
    finish();
    return listed;
  }
  // Since the start.
  [[nodiscard]] const CallCount& count() const { return count_; }

 private:
  void finish();

  RestSettings settings_;
  ApiBase base_;
  CallBudget budget_;
  Sender sender_;
  CallCount count_;
};

}  // namespace runneriq::gitlab
