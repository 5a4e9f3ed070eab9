#include "executor/socket/socket_service.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"

#include <utility>

namespace runneriq::executor {
namespace {

using platform::HttpReply;
using platform::UnixHttp;
using platform::UnixHttpCall;
using scheduler::AdmissionKey;
using scheduler::AdmissionStanding;

// A poll that the service does not answer so long after its time is dead.
constexpr Duration kPollIsLate = std::chrono::seconds{10};

constexpr int kOk = 200;
constexpr int kNoContent = 204;

Error of_the_service(Error error) {
  return std::move(error).within("the scheduler service");
}

bool refuses_the_content(int status) {
  return status == 400 || status == 413 || status == 422;
}

tl::unexpected<Error> refusal(const HttpReply& reply, const std::string& path) {
  std::string message = path + ": answered with status " + std::to_string(reply.status);
  if (refuses_the_content(reply.status) && !reply.body.empty()) message += ", " + quoted_text(reply.body);
  Errc code = Errc::unavailable;
  if (refuses_the_content(reply.status)) code = Errc::invalid_argument;
  if (reply.status == 404) code = Errc::not_found;
  return fail(of_the_service({code, std::move(message)}));
}

// An answer that makes no sense is worth no more than none.
tl::unexpected<Error> nonsense(Error error, const std::string& path) {
  return fail(of_the_service({Errc::unavailable, path + ": unusable answer: " + std::move(error.message)}));
}

template <class Value>
Result<Value> understood(Result<Value> read, const std::string& path) {
  if (!read) return nonsense(std::move(read.error()), path);
  return read;
}

std::string target_of(const std::string& query) {
  return std::string(scheduler::kAdmissionsPath) + "?" + query;
}

}  // namespace

Result<AdmissionStanding> SocketService::submit(const scheduler::AdmissionQuestion& question) {
  if (!is_utf8(question.request.attempt.value())) {
    return fail(Errc::unavailable, "the scheduler service is not asked: the job's TMPDIR is no UTF-8 text");
  }
  const auto reply = call({"POST", std::string(scheduler::kAdmissionsPath), scheduler::to_json(question)});
  if (!reply) return fail(reply.error());
  if (reply->status == kOk) return understood(scheduler::parse_admission_standing(reply->body), path_);
  auto refused = refusal(*reply, path_);
  // Not found is what a missing socket is.
  if (refused.value().code == Errc::not_found) refused.value().code = Errc::unavailable;
  return refused;
}

Result<std::optional<AdmissionStanding>> SocketService::changed(const AdmissionKey& key,
                                                                std::int64_t version) {
  if (!connection_ || !connection_->awaited_for()) {
    if (auto begun = begin_poll(key, version); !begun) return fail(begun.error());
  }
  const auto reply = look();
  if (!reply) return fail(reply.error());
  if (!*reply || (*reply)->status == kNoContent) return std::nullopt;
  if ((*reply)->status != kOk) return refusal(**reply, path_);
  auto standing = scheduler::parse_admission_standing((*reply)->body);
  if (!standing) return nonsense(std::move(standing.error()), path_);
  if (standing->version == version) return std::nullopt;
  return std::move(*standing);
}

Result<void> SocketService::leave(const AdmissionKey& key) {
  const auto reply = call({"DELETE", target_of(scheduler::to_query(key))});
  if (!reply) return fail(reply.error());
  if (reply->status == kOk || reply->status == kNoContent || reply->status == 404) return {};
  return refusal(*reply, path_);
}

Result<std::size_t> SocketService::deliver(const scheduler::OutcomeReport& report) {
  const auto reply = call({"POST", std::string(scheduler::kOutcomesPath), scheduler::to_json(report)});
  if (!reply) return fail(reply.error());
  if (reply->status == kOk) return understood(scheduler::parse_accepted(reply->body), path_);
  return refusal(*reply, path_);
}

Result<HttpReply> SocketService::call(UnixHttpCall call) {
  if (auto begun = begin(call); !begun) return fail(begun.error());
  auto reply = connection_->receive(patience_);
  if (reply && *reply) return std::move(**reply);
  connection_.reset();
  if (reply) return fail(of_the_service({Errc::timed_out, path_ + ": no answer in time"}));
  return fail(of_the_service(std::move(reply.error())));
}

// A connection whose answer is still to come is of no use for another question.
Result<void> SocketService::begin(const UnixHttpCall& call) {
  if (!connection_ || !connection_->is_reusable()) {
    connection_.reset();
    auto connection = UnixHttp::connect(path_, patience_);
    if (!connection) return fail(of_the_service(std::move(connection.error())));
    connection_.emplace(std::move(*connection));
  }
  auto sent = connection_->send(call, patience_);
  if (sent) return sent;
  connection_.reset();
  return fail(of_the_service(std::move(sent.error())));
}

Result<void> SocketService::begin_poll(const AdmissionKey& key, std::int64_t version) {
  return begin({"GET", target_of(scheduler::to_query({key, version, scheduler::kLongestPoll}))});
}

Result<std::optional<HttpReply>> SocketService::look() {
  Duration none{};
  auto reply = connection_->receive(none);
  if (!reply) {
    connection_.reset();
    return fail(of_the_service(std::move(reply.error())));
  }
  const auto awaited = connection_->awaited_for();
  if (awaited && *awaited > scheduler::kLongestPoll + kPollIsLate) {
    connection_.reset();
    return fail(of_the_service({Errc::timed_out, path_ + ": no answer in time"}));
  }
  return reply;
}

}  // namespace runneriq::executor
