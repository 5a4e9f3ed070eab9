// The one place from which calls leave for GitLab: within the budget and the reading's time, at
// most six under way, reads made again when that may help, and none that the permit does not cover.
#pragma once

#include "core/secret.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/call_budget.hpp"
#include "gitlab/rest/question.hpp"
#include "platform/http_client.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::gitlab {

struct SenderSettings {
  Secret token;
  Duration call_limit = std::chrono::seconds{15};
  std::function<Time()> now;
  std::function<double()> jitter;
  // Waits until then, or until the program is to stop. None: what had to wait fails instead.
  std::function<void(Time)> wait_until;
  Permit permit = Permit::reads_only;
};

struct Answer {
  int status = 0;                          // of the last attempt; 0 = no answer
  Result<std::string> body;                // of a 2xx
  std::string link;                        // the Link header
  std::optional<std::string> next_page{};  // the X-Next-Page header; "" on the last page
  bool sent = true;                        // false: nothing of it has left this program
};

class Sender {
 public:
  // All must outlive this.
  Sender(SenderSettings settings, const ApiBase& base, platform::HttpTransport& transport,
         CallBudget& budget);

  // A reading begins: counts from 0, and nothing goes on behind `deadline`.
  void open(Time deadline);
  using Done = std::function<void(Answer)>;
  // `done` is called once, at once or during run().
  void ask(Question question, Done done);
  // Until every call is answered, those too that the answers led to.
  void run();

  // What a call says that is not made for want of calls.
  [[nodiscard]] Error shortage() const;
  [[nodiscard]] const CallCount& count() const { return count_; }
  [[nodiscard]] const ApiBase& base() const { return base_; }
  // Whether GitLab refuses the token (401) and has answered nothing else in this reading.
  [[nodiscard]] bool token_refused() const { return refused_ > 0 && answered_ == 0; }
  // How far our clock is ahead of GitLab's, by the Date of its last good reply; 0 where they agree
  // within a few seconds, as far as a Date tells. Negative: behind.
  [[nodiscard]] Duration clock_ahead() const { return clock_ahead_; }

 private:
  struct Order {
    Question question;
    Done done;
    int attempts = 0;
    Time due;  // not before
    TokenForm form = TokenForm::private_token;
    // Of the last attempt.
    int status = 0;
    Error trouble;
  };

  [[nodiscard]] std::optional<Error> hindrance(Time now) const;
  void pump();
  void send(Order order);
  void take_reply(Order order, Result<platform::HttpReply> outcome);
  void note(const Result<platform::HttpReply>& outcome, Time now);
  void compare_clocks(const platform::HttpReply& reply, Time now);
  // Whether it goes out once more with the token in its other form, as no call was ever let in.
  bool tries_other_form(const Order& order, const Result<platform::HttpReply>& outcome);
  [[nodiscard]] std::optional<Time> next_attempt(const Order& order,
                                                 const Result<platform::HttpReply>& outcome, Time now);
  // With the trouble of the last attempt; with `reason` when there was none.
  void give_up(Order order, const Error& reason);
  void give_up_all(const Error& error);
  [[nodiscard]] Time next_moment() const;
  void release_due(Time now);

  SenderSettings settings_;
  const ApiBase& base_;
  platform::HttpTransport& transport_;
  CallBudget& budget_;
  Time deadline_;
  CallCount count_;
  std::deque<Order> queue_;
  std::vector<Order> waiting_;  // to be made again
  int under_way_ = 0;
  int answered_ = 0;    // with anything but 401
  int refused_ = 0;     // with 401
  int unanswered_ = 0;  // attempts
  TokenForm form_ = TokenForm::private_token;
  bool form_changed_ = false;  // in this reading
  bool form_works_ = false;    // a call was let in
  Duration clock_ahead_{};
};

}  // namespace runneriq::gitlab
