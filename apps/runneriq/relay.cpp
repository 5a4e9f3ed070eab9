#include "apps/runneriq/relay.hpp"

#include "apps/runneriq/relay_routes.hpp"
#include "core/version.hpp"
#include "platform/accounts.hpp"
#include "platform/unique_fd.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace runneriq::app {
namespace {

using platform::HttpAnswer;
using platform::HttpClient;
using platform::HttpReply;
using platform::HttpServer;
using platform::ServedReply;
using platform::ServedRequest;

constexpr std::size_t kMostAtOnce = 1000;  // most of them long polls
constexpr std::size_t kLargestReply = std::size_t{64} << 10;
constexpr std::size_t kLargestBody = std::size_t{1} << 20;

// A descriptor that can be read while one of them can; one below 0 never can.
Result<platform::UniqueFd> one_of(std::initializer_list<int> descriptors) {
  platform::UniqueFd made{::epoll_create1(EPOLL_CLOEXEC)};
  for (const int each : descriptors) {
    epoll_event wanted{.events = EPOLLIN, .data = {}};
    const bool failed = each >= 0 && ::epoll_ctl(made.get(), EPOLL_CTL_ADD, each, &wanted) != 0;
    if (!made || failed) return fail(Errc::unavailable, "no descriptor is left for the relay");
  }
  return made;
}

// Requests come in on the server's thread and go out on the one that calls run().
class Relay {
 public:
  Relay(const RelaySettings& settings, EventLog& log) : settings_(settings), log_(log) {}

  Result<void> run(const std::function<void()>& started);

 private:
  struct Errand {
    Forwarded call;
    HttpAnswer answer;
    bool is_probe = false;
  };

  Result<void> open();
  void take(const ServedRequest& request, const HttpAnswer& answer);
  void queue(Errand errand);
  void woken();
  void send_queued();
  void send(Errand errand);
  [[nodiscard]] ServedReply judge(const Result<HttpReply>& reply);
  void note_answer();
  void note_outage(const std::string& why);
  void probe_later();
  [[nodiscard]] bool is_stopping() const;

  const RelaySettings& settings_;
  EventLog& log_;
  platform::UniqueFd wake_;
  platform::UniqueFd wakes_;  // readable when there is something to send, or a reload is due
  std::unique_ptr<HttpClient> client_;
  std::mutex mutex_;
  std::vector<Errand> queued_;  // under the mutex
  std::atomic<bool> out_ = false;
  std::atomic<bool> probe_is_due_ = false;
  std::unique_ptr<HttpServer> server_;  // last: it ends first, and with it all calls of take()
};

Result<void> Relay::run(const std::function<void()>& started) {
  if (auto opened = open(); !opened) return opened;
  log_.write(LogLevel::info, "relay_started",
             {{"socket", settings_.socket}, {"url", settings_.terms()->url}});
  started();
  queue({probe(), {}, true});
  client_->run_until(Time::max());
  log_.write(LogLevel::info, "relay_stopped", {});
  server_.reset();
  return {};
}

Result<void> Relay::open() {
  wake_ = platform::UniqueFd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake_) return fail(Errc::unavailable, "no descriptor is left for the relay");
  auto wakes = one_of({wake_.get(), settings_.reload_fd});
  if (!wakes) return fail(std::move(wakes.error()));
  wakes_ = *std::move(wakes);
  auto client = HttpClient::make({.at_once = kMostAtOnce,
                                  .ca_file = settings_.ca_file,
                                  .user_agent = "runneriq-relay/" RUNNERIQ_VERSION,
                                  .stop_fd = settings_.stop_fd,
                                  .wake_fd = wakes_.get(),
                                  .woken = [this] { woken(); }});
  if (!client) return fail(std::move(client.error()));
  client_ = std::move(*client);
  platform::HttpServerSettings serving;
  serving.largest_body = kLargestBody;
  serving.listeners = {{.address = "unix:" + settings_.socket, .socket_mode = 0666}};  // see GuardRules
  auto server = HttpServer::start(
      std::move(serving),
      [this](const ServedRequest& request, const HttpAnswer& answer) { take(request, answer); });
  if (!server) return fail(std::move(server.error()));
  server_ = std::move(*server);
  return {};
}

void Relay::take(const ServedRequest& request, const HttpAnswer& answer) {
  if (const auto refused = refusal_of(request, service::RouteAccess::caller, settings_.terms()->rules)) {
    log_.write(LogLevel::warning, "relay_refused", {{"why", refused->reason}});
    return answer(reply_to(*refused));
  }
  const auto load = [] { return platform::read_host_load(platform::usable_processors()); };
  auto call = forwarded(request, load);
  if (auto* reply = std::get_if<ServedReply>(&call)) return answer(std::move(*reply));
  if (out_) return answer(json_error(503, "the fleet's service cannot be used"));
  queue({std::get<Forwarded>(std::move(call)), answer});
}

void Relay::queue(Errand errand) {
  {
    const std::lock_guard lock{mutex_};
    queued_.push_back(std::move(errand));
  }
  constexpr std::uint64_t kOne = 1;
  (void)!::write(wake_.get(), &kOne, sizeof kOne);
}

// A service that was out may be back by new terms.
void Relay::woken() {
  if (settings_.reload() && out_) queue({probe(), {}, true});
  send_queued();
}

void Relay::send_queued() {
  std::uint64_t count = 0;
  (void)!::read(wake_.get(), &count, sizeof count);
  std::vector<Errand> errands;
  {
    const std::lock_guard lock{mutex_};
    errands.swap(queued_);
  }
  for (Errand& errand : errands) send(std::move(errand));
}

void Relay::send(Errand errand) {
  const std::shared_ptr<const RelayTerms> terms = settings_.terms();
  platform::HttpCall call{.method = errand.call.method,
                          .url = terms->url + errand.call.target,
                          .secret_header = "Authorization",
                          .secret = Secret{"Bearer " + terms->token.reveal()},
                          .body = std::move(errand.call.body),
                          .largest_reply = kLargestReply,
                          .time_limit = errand.call.time_limit};
  if (!call.body.empty()) call.headers.push_back({"Content-Type", "application/json"});
  client_->begin(std::move(call),
                 [this, answer = errand.answer, is_probe = errand.is_probe](const Result<HttpReply>& reply) {
                   ServedReply judged = judge(reply);
                   if (!is_probe) return answer(std::move(judged));
                   if (out_) probe_later();
                 });
}

ServedReply Relay::judge(const Result<HttpReply>& reply) {
  if (reply && is_answer(reply->status)) {
    note_answer();
    return {.status = reply->status, .headers = {{"content-type", "application/json"}}, .body = reply->body};
  }
  note_outage(reply ? "it answered with status " + std::to_string(reply->status) : reply.error().message);
  return json_error(503, "the fleet's service cannot be used");
}

void Relay::note_answer() {
  if (out_.exchange(false))
    log_.write(LogLevel::info, "relay_service_back", {{"url", settings_.terms()->url}});
}

void Relay::note_outage(const std::string& why) {
  if (is_stopping() || out_.exchange(true)) return;
  log_.write(LogLevel::warning, "relay_service_out", {{"url", settings_.terms()->url}, {"why", why}});
  probe_later();
}

void Relay::probe_later() {
  if (probe_is_due_.exchange(true)) return;
  server_->after(kProbeInterval, [this] {
    probe_is_due_ = false;
    queue({probe(), {}, true});
  });
}

bool Relay::is_stopping() const {
  pollfd waits{settings_.stop_fd, POLLIN, 0};
  return settings_.stop_fd >= 0 && ::poll(&waits, 1, 0) > 0;
}

}  // namespace

Result<RelayTerms> relay_terms(const Settings& settings, EnvironmentBlock environment) {
  if (settings.relay.url.empty()) {
    return fail(Errc::invalid_argument,
                "no service is configured: set relay.url to the address of `runneriq run`");
  }
  auto token = relay_token(environment);
  if (!token) return fail(std::move(token.error()));
  if (token->empty()) {
    return fail(Errc::invalid_argument, "no token for " + settings.relay.url +
                                            ": set RUNNERIQ_RELAY_TOKEN, or the credential relay-token");
  }
  RelayTerms terms{.url = settings.relay.url, .token = std::move(*token), .rules = {.uids = {::geteuid()}}};
  if (const auto user = platform::find_account(settings.relay.user)) terms.rules.uids.push_back(user->uid);
  return terms;
}

Result<void> run_relay(const RelaySettings& settings, EventLog& log, const std::function<void()>& started) {
  if (settings.socket.empty()) {
    return fail(Errc::invalid_argument, "there is no socket to listen on: set executor.socket");
  }
  return Relay{settings, log}.run(started);
}

}  // namespace runneriq::app
