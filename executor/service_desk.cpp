#include "executor/service_desk.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runneriq::executor {

using scheduler::Admission;
using scheduler::AdmissionKey;
using scheduler::AdmissionRequest;
using scheduler::AdmissionStanding;
using scheduler::Held;
using scheduler::Turn;

Result<Admission> ServiceDesk::ask(const AdmissionRequest& request, Time now) {
  consult(request, now);
  auto answer = ask_host(request, now);
  const bool waits = answer && std::holds_alternative<Held>(*answer);
  if (!waits) leave_service({request.key, request.attempt});
  return answer;
}

Result<void> ServiceDesk::leave(const scheduler::JobKey& key, const AttemptId& attempt, Time now) {
  auto left = host_.leave(key, attempt, now);
  leave_service({key, attempt});
  return left;
}

void ServiceDesk::consult(const AdmissionRequest& request, Time now) {
  if (!first_asked_) first_asked_ = now;
  if (state_ == State::not_asked) return submit(request, now);
  if (state_ == State::answers) look_for_change(request, now);
}

// What the job has waited here counts, for a service that does not remember it.
void ServiceDesk::submit(const AdmissionRequest& request, Time now) {
  scheduler::AdmissionQuestion question{report_, request};
  question.request.queued_in_gitlab += std::max(now - *first_asked_, Duration::zero());
  ++submissions_;
  auto standing = service_.submit(question);
  if (!standing) return give_up(standing.error());
  state_ = State::answers;
  standing_ = std::move(*standing);
}

void ServiceDesk::look_for_change(const AdmissionRequest& request, Time now) {
  auto news = service_.changed({request.key, request.attempt}, standing_->version);
  if (news) {
    if (*news) standing_ = std::move(**news);
    return;
  }
  const Errc code = news.error().code;
  const bool lost = code == Errc::not_found || code == Errc::unavailable;  // it may have been started anew
  if (lost && submissions_ < kMostSubmissions) return submit(request, now);
  give_up(news.error());
}

// A socket that is not there is no news: this host has no service.
void ServiceDesk::give_up(const Error& error) {
  const bool never_there = error.code == Errc::not_found && state_ == State::not_asked;
  state_ = State::given_up;
  standing_.reset();
  if (!never_there) log_.line(error.message + "; this host decides alone");
}

void ServiceDesk::leave_service(const AdmissionKey& key) {
  if (state_ != State::answers) return;
  state_ = State::left;
  standing_.reset();
  if (auto left = service_.leave(key); !left) give_up(left.error());
}

Turn ServiceDesk::turn(Time now) const {
  if (!standing_) return Turn::own_order;
  if (standing_->kind == AdmissionStanding::Kind::next) return Turn::now;
  const bool nobody_takes_it = slot_left_since_ && now - *slot_left_since_ >= kSlotLeftToOthers;
  return nobody_takes_it ? Turn::own_order : Turn::later;
}

Result<Admission> ServiceDesk::ask_host(const AdmissionRequest& request, Time now) {
  if (!standing_) return host_.ask(request, now);
  AdmissionRequest ranked = request;
  ranked.score = standing_->score;
  ranked.job_class = standing_->job_class;
  auto answer = host_.ask_in_turn(ranked, turn(now), now);
  if (!answer) return fail(std::move(answer.error()));
  if (!answer->slot_left_to_others) {
    slot_left_since_.reset();
  } else if (!slot_left_since_ || *slot_left_since_ > now) {
    slot_left_since_ = now;
  }
  if (auto* held = std::get_if<Held>(&answer->admission)) return as_the_service_has_it(std::move(*held));
  return std::move(answer->admission);
}

Held ServiceDesk::as_the_service_has_it(Held held) const {
  const bool waits_for_others = standing_->kind == AdmissionStanding::Kind::held;
  held.position = standing_->position;
  held.queue_length = standing_->queue_length;
  if (waits_for_others && !standing_->reason.empty()) held.reason = standing_->reason;
  if (standing_->expected_start) held.expected_start = std::min(*standing_->expected_start, held.hold_until);
  return held;
}

}  // namespace runneriq::executor
