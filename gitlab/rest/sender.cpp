#include "gitlab/rest/sender.hpp"

#include "gitlab/rest/backoff.hpp"
#include "gitlab/rest/trouble.hpp"
#include "platform/http_date.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr int kMostUnderWay = 6;
// So many attempts without any answer, and a reading asks no more.
constexpr int kOutage = 6;

// 30,000 jobs take about so much; what answers with more is no GitLab that can be read in one go.
constexpr std::int64_t kMostBytes = std::int64_t{128} << 20;

// A Date counts whole seconds, and the reply was on its way for a while.
constexpr Duration kClocksAgree = std::chrono::seconds{5};

Error without_time() {
  return {Errc::timed_out, "the time for one reading was over"};
}

bool is_success(const Result<platform::HttpReply>& outcome) {
  return outcome && outcome->status >= 200 && outcome->status < 300;
}

std::optional<std::string> next_page_of(const platform::HttpReply& reply) {
  const auto header = std::ranges::find(reply.headers, "x-next-page", &platform::HttpHeader::name);
  return header == reply.headers.end() ? std::nullopt : std::optional(header->value);
}

// The transport names the call itself.
Error trouble_of(const Question& question, const Result<platform::HttpReply>& outcome) {
  return outcome ? error_of(question.title(), *outcome) : outcome.error();
}

}  // namespace

Sender::Sender(SenderSettings settings, const ApiBase& base, platform::HttpTransport& transport,
               CallBudget& budget)
    : settings_(std::move(settings)), base_(base), transport_(transport), budget_(budget) {}

void Sender::open(Time deadline) {
  deadline_ = deadline;
  count_ = {};
  answered_ = refused_ = unanswered_ = 0;
  form_changed_ = false;
}

Error Sender::shortage() const {
  return {Errc::unavailable, budget_.shortage(settings_.now())};
}

std::optional<Error> Sender::hindrance(Time now) const {
  if (now >= deadline_) return without_time();
  if (token_refused()) return Error{Errc::permission, "not asked: GitLab refuses the token"};
  if (count_.bytes > kMostBytes) {
    return Error{Errc::unavailable, "not asked: this reading holds more than 128 MiB already"};
  }
  if (answered_ == 0 && unanswered_ >= kOutage) {
    return Error{Errc::unavailable, "not asked: GitLab does not answer"};
  }
  return std::nullopt;
}

void Sender::ask(Question question, Done done) {
  const Time now = settings_.now();
  std::optional<Error> reason = hindrance(now);
  if (!reason && !budget_.take(question.charge(), now)) reason = shortage();
  if (reason) {
    done({.status = 0, .body = fail(std::move(*reason)), .link = {}, .sent = false});
    return;
  }
  queue_.push_back({.question = std::move(question), .done = std::move(done), .due = now, .trouble = {}});
}

void Sender::run() {
  do {
    pump();
    // What the last answers began at the very end of the time is not left behind.
    do transport_.run_until(deadline_);
    while (under_way_ > 0);
    if (queue_.empty() && waiting_.empty()) break;
    const Time when = next_moment();
    if (when > settings_.now()) settings_.wait_until(when);
    if (settings_.now() < when) give_up_all({Errc::unavailable, "asked to stop"});
    release_due(settings_.now());
  } while (true);
}

void Sender::pump() {
  while (under_way_ < kMostUnderWay && !queue_.empty()) {
    const Time now = settings_.now();
    const auto held = budget_.held_until(now);
    Order order = std::move(queue_.front());
    queue_.pop_front();
    if (const auto reason = hindrance(now)) {
      give_up(std::move(order), *reason);
    } else if (!held) {
      send(std::move(order));
    } else if (*held < deadline_ && settings_.wait_until) {
      order.due = *held;
      waiting_.push_back(std::move(order));
    } else {
      give_up(std::move(order),
              {Errc::unavailable, "GitLab asked for no calls before " + runneriq::to_text(*held)});
    }
  }
}

void Sender::send(Order order) {
  platform::HttpCall call = order.question.call(base_, settings_.token, form_);
  if (!permits(settings_.permit, call, base_)) {
    give_up(std::move(order), {Errc::invalid_argument, "not sent, for it might change something in GitLab"});
    return;
  }
  const Duration left = deadline_ - settings_.now();
  call.time_limit = order.question.is_patient() ? left : std::min(settings_.call_limit, left);
  ++count_.calls;
  if (order.question.changes_something()) ++count_.mutating;
  ++under_way_;
  ++order.attempts;
  order.form = form_;
  transport_.begin(std::move(call), [this, order](Result<platform::HttpReply> outcome) {
    --under_way_;
    take_reply(order, std::move(outcome));
    pump();
  });
}

void Sender::take_reply(Order order, Result<platform::HttpReply> outcome) {
  const Time now = settings_.now();
  if (tries_other_form(order, outcome)) {
    queue_.push_front(std::move(order));
    return;
  }
  note(outcome, now);
  if (is_success(outcome)) {
    compare_clocks(*outcome, now);
    order.done({outcome->status, std::move(outcome->body), std::string(outcome->header("link")),
                next_page_of(*outcome)});
    return;
  }
  order.status = outcome ? outcome->status : 0;
  order.trouble = trouble_of(order.question, outcome);
  if (const auto when = next_attempt(order, outcome, now)) {
    ++count_.retried;
    order.due = *when;
    waiting_.push_back(std::move(order));
    return;
  }
  give_up(std::move(order), {});
}

bool Sender::tries_other_form(const Order& order, const Result<platform::HttpReply>& outcome) {
  form_works_ |= is_success(outcome);
  if (!outcome || outcome->status != 401 || settings_.token.empty()) return false;
  if (order.question.changes_something()) return false;
  const bool sent_as_now = order.form == form_;
  if (sent_as_now && (form_works_ || form_changed_)) return false;
  if (!budget_.take(order.question.charge(), settings_.now())) return false;
  if (sent_as_now) form_ = form_ == TokenForm::bearer ? TokenForm::private_token : TokenForm::bearer;
  form_changed_ = true;
  return true;
}

void Sender::note(const Result<platform::HttpReply>& outcome, Time now) {
  if (!outcome) {
    ++unanswered_;
    return;
  }
  ++(outcome->status == 401 ? refused_ : answered_);
  count_.bytes += static_cast<std::int64_t>(outcome->body.size());
  budget_.learn(*outcome, now);
}

std::optional<Time> Sender::next_attempt(const Order& order, const Result<platform::HttpReply>& outcome,
                                         Time now) {
  if (!may_pass(outcome)) return std::nullopt;
  Time when = now + backoff(order.attempts, settings_.jitter());
  const auto asked = outcome ? retry_after(*outcome, now) : std::nullopt;
  if (asked) when = std::max(when, now + *asked);
  // All of the token's calls count together, so all of them wait.
  if (outcome && (outcome->status == 429 || asked)) budget_.hold(when, now);
  if (order.question.changes_something()) return std::nullopt;
  const bool possible = order.attempts < kMostAttempts && when < deadline_ && settings_.wait_until;
  if (!possible || hindrance(now) || !budget_.take(order.question.charge(), now)) return std::nullopt;
  return when;
}

void Sender::give_up(Order order, const Error& reason) {
  if (order.attempts == 0) return order.done({.status = 0, .body = fail(reason), .link = {}, .sent = false});
  ++count_.failed;
  order.done({.status = order.status, .body = fail(std::move(order.trouble)), .link = {}});
}

void Sender::give_up_all(const Error& error) {
  deadline_ = Time{};
  for (Order& order : std::exchange(waiting_, {})) give_up(std::move(order), error);
  for (Order& order : std::exchange(queue_, {})) give_up(std::move(order), error);
}

Time Sender::next_moment() const {
  if (waiting_.empty()) return settings_.now();
  return std::ranges::min_element(waiting_, {}, &Order::due)->due;
}

void Sender::release_due(Time now) {
  const auto due =
      std::ranges::stable_partition(waiting_, [now](const Order& order) { return order.due > now; });
  std::ranges::move(due, std::back_inserter(queue_));
  waiting_.erase(due.begin(), due.end());
}

void Sender::compare_clocks(const platform::HttpReply& reply, Time now) {
  const auto theirs = platform::parse_http_date(reply.header("date"));
  if (!theirs) return;
  const Duration ahead = now - *theirs;
  clock_ahead_ = std::chrono::abs(ahead) <= kClocksAgree ? Duration::zero() : ahead;
}

}  // namespace runneriq::gitlab
