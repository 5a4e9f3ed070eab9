#include "service/admission_line.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace runneriq::service {
namespace {

using scheduler::AdmissionKey;
using scheduler::BookChanges;
using scheduler::FinishedJob;
using scheduler::JobOutcome;
using scheduler::OutcomeReport;

// GitLab's words. A script that failed is the job's own doing.
std::string_view failure_reason(const JobOutcome& outcome) {
  if (outcome.succeeded) return "";
  return outcome.failed_stage.empty() ? "unknown_failure" : "script_failure";
}

// A host's clock may be ahead of ours: nothing has ended later than now.
FinishedJob finished_job(const JobOutcome& outcome, RunnerId runner, Time now) {
  FinishedJob job{.key = outcome.key,
                  .pipeline = {},
                  .history = outcome.history,
                  .runner = std::nullopt,
                  .ran = outcome.ran,
                  .queued = outcome.queued_in_gitlab,
                  .succeeded = outcome.succeeded,
                  .failure_reason = std::string(failure_reason(outcome)),
                  .finished = std::min(outcome.finished, now),
                  .energy = outcome.energy};
  if (runner.value() > 0) job.runner = scheduler::RunnerKey{outcome.key.gitlab, runner};
  return job;
}

std::vector<FinishedJob> finished_jobs(const OutcomeReport& report, Time now) {
  std::vector<FinishedJob> jobs;
  std::ranges::transform(report.outcomes, std::back_inserter(jobs), [&](const JobOutcome& outcome) {
    return finished_job(outcome, report.host.runner, now);
  });
  return jobs;
}

platform::ServedReply not_queued() {
  return error_reply(404, "not_found", "this attempt does not wait here: submit it (again)");
}

platform::ServedReply not_durable(const Error& error) {
  return error_reply(503, "unavailable", error.message);
}

}  // namespace

AdmissionLine::AdmissionLine(Ports ports, std::vector<scheduler::Booking> kept)
    : ports_(std::move(ports)),
      book_([this](const auto& request) { return knowledge_.of(request); }, ports_.now(),
            [this](const auto& booking, auto expected, Time now) {
              return knowledge_.green_wait(booking, expected, now);
            }),
      bookings_(ports_.ledgers.bookings, ports_.threads.book, ports_.threads.come_back,
                [this](const BookChanges& changes) { lose(changes); }),
      history_(ports_.ledgers.history, ports_.threads.remember, ports_.threads.come_back) {
  book_.restore(std::move(kept), ports_.now());
}

void AdmissionLine::submit(const Exchange& exchange, const scheduler::AdmissionQuestion& question) {
  ++counts_.questions;
  const Time now = ports_.now();
  ports_.reports->take(question.host, now);
  auto changes = book_.submit(question, now);
  if (!changes) {
    ++counts_.refused;
    return exchange.answer(error_reply(changes.error()));
  }
  const AdmissionKey key{question.request.key, question.request.attempt};
  if (!changes->empty()) ports_.hint(key.job.gitlab, question.request.history.project);
  bookings_.add(std::move(*changes), [this, key, answer = exchange.answer](const Result<void>& durable) {
    if (!durable) return answer(not_durable(durable.error()));
    answer_standing(answer, key);
    tell_changed();
  });
}

void AdmissionLine::answer_standing(const Answer& answer, const AdmissionKey& key) {
  const auto standing = book_.standing(key, ports_.now());
  answer(standing ? json_reply(200, scheduler::to_json(*standing)) : not_queued());
}

void AdmissionLine::leave(const Exchange& exchange, const AdmissionKey& key) {
  ++counts_.leaves;
  bookings_.add(book_.leave(key, ports_.now()),
                [this, answer = exchange.answer](const Result<void>& durable) {
                  answer(durable ? empty_reply(204) : not_durable(durable.error()));
                  tell_changed();
                });
}

void AdmissionLine::report(const Exchange& exchange, const OutcomeReport& report) {
  const Time now = ports_.now();
  ports_.reports->take(report.host, now);
  history_.add(finished_jobs(report, now),
               [this, report, answer = exchange.answer](const Result<void>& durable) {
                 if (!durable) return answer(not_durable(durable.error()));
                 counts_.outcomes += static_cast<std::int64_t>(report.outcomes.size());
                 for (const JobOutcome& outcome : report.outcomes) {
                   drop(book_.finish({outcome.key, outcome.attempt}));
                   ports_.hint(outcome.key.gitlab, outcome.history.project);
                 }
                 answer(json_reply(200, scheduler::accepted_json(report.outcomes.size())));
                 tell_changed();
               });
}

void AdmissionLine::poll(const Exchange& exchange, const scheduler::AdmissionPoll& poll) {
  ++counts_.polls;
  const Time now = ports_.now();
  book_.hear(poll.key, now);
  const auto standing = book_.standing(poll.key, now);
  if (!standing || standing->version != poll.version) return answer_standing(exchange.answer, poll.key);
  if (poll.wait <= Duration::zero()) return exchange.answer(empty_reply(204));
  const auto id = polls_.add(poll.key, {poll.version, exchange.answer}, now + poll.wait);
  if (exchange.when_gone) exchange.when_gone([this, id] { polls_.drop(id); });
}

void AdmissionLine::tell_changed() {
  for (const AdmissionKey& key : book_.take_changed(ports_.now())) tell(key);
}

void AdmissionLine::tell(const AdmissionKey& key) {
  for (const LongPolls::Poll& poll : polls_.take(key)) {
    book_.hear(key, ports_.now());
    answer_standing(poll.answer, key);
  }
}

void AdmissionLine::answer_due() {
  for (const auto& [key, poll] : polls_.take_due(ports_.now())) {
    book_.hear(key, ports_.now());
    poll.answer(empty_reply(204));
  }
}

void AdmissionLine::pass_time() {
  const Time now = ports_.now();
  drop(book_.expire(now));
  book_.renew_order(now);
  tell_changed();
}

void AdmissionLine::learn(const TickKnowledge& tick) {
  for (const scheduler::JobKey& job : knowledge_.learn(tick)) {
    if (book_.has(job)) drop(book_.end(job));
  }
  pass_time();
}

// What is lost of these is dropped again later.
void AdmissionLine::drop(BookChanges changes) {
  if (!changes.empty()) bookings_.add(std::move(changes), [](const Result<void>&) {});
}

void AdmissionLine::lose(const BookChanges& changes) {
  ++counts_.commits_failed;
  book_.take_back(changes, ports_.now());
}

}  // namespace runneriq::service
