#include "platform/http_client.hpp"

#include "platform/files.hpp"
#include "platform/http_exchange.hpp"
#include "platform/system_waiter.hpp"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace runneriq::platform {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargestCaFile = std::size_t{16} << 20;
constexpr Duration kLongestPoll = std::chrono::seconds{1};

bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

// Counted on the steady clock: a wall clock set back must not lengthen a call.
Clock::time_point steady_end(Time deadline) {
  return Clock::now() +
         std::clamp(deadline - wall_clock(), Duration::zero(), Duration{std::chrono::years{1}});
}

std::string named(const HttpCall& call) {
  const auto address = address_of(call);
  return address ? call.method + " " + address->shown : call.method;
}

}  // namespace

struct HttpClient::Engine {
  struct Queued {
    HttpCall call;
    Done done;
  };
  struct UnderWay {
    std::unique_ptr<HttpExchange> exchange;
    Done done;
  };

  explicit Engine(HttpClientSettings chosen) : settings(std::move(chosen)), multi(curl_multi_init()) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  void start_queued();
  void start(Queued queued);
  void finish_over();
  void finish(CURL* easy, CURLcode code);
  void fail_all(Errc code, const char* words);
  void wait(Clock::time_point end);
  [[nodiscard]] bool may_be_woken() const { return settings.wake_fd >= 0; }
  [[nodiscard]] bool asked_to_stop();
  [[nodiscard]] bool may_start() const { return !queue.empty() && under_way.size() < settings.at_once; }
  [[nodiscard]] bool idle() const { return queue.empty() && under_way.empty(); }

  HttpClientSettings settings;
  CURLM* multi;
  std::deque<Queued> queue;
  std::vector<UnderWay> under_way;  // in the order of their start
  bool stopping = false;
};

HttpClient::Engine::~Engine() {
  for (const UnderWay& each : under_way) curl_multi_remove_handle(multi, each.exchange->easy());
  under_way.clear();
  if (multi != nullptr) curl_multi_cleanup(multi);
}

void HttpClient::Engine::start_queued() {
  while (may_start()) {
    Queued next = std::move(queue.front());
    queue.pop_front();
    start(std::move(next));
  }
}

void HttpClient::Engine::start(Queued queued) {
  auto exchange = HttpExchange::make(std::move(queued.call), settings);
  if (!exchange) return queued.done(fail(std::move(exchange.error())));
  curl_multi_add_handle(multi, (*exchange)->easy());
  under_way.push_back({std::move(*exchange), std::move(queued.done)});
}

void HttpClient::Engine::finish_over() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
}

void HttpClient::Engine::finish(CURL* easy, CURLcode code) {
  const auto found =
      std::ranges::find_if(under_way, [&](const UnderWay& each) { return each.exchange->easy() == easy; });
  if (found == under_way.end()) return;
  curl_multi_remove_handle(multi, easy);
  auto again = found->exchange->redirected(code);
  if (again && *again) {
    curl_multi_add_handle(multi, easy);
    return;
  }
  const UnderWay over = std::move(*found);
  under_way.erase(found);
  over.done(again ? Result<HttpReply>{over.exchange->take_reply()} : fail(std::move(again.error())));
}

// Also what the `done` functions queue meanwhile.
void HttpClient::Engine::fail_all(Errc code, const char* words) {
  for (const UnderWay& each : under_way) curl_multi_remove_handle(multi, each.exchange->easy());
  for (const UnderWay& each : std::exchange(under_way, {})) each.done(each.exchange->failed(code, words));
  while (!queue.empty()) {
    const Queued next = std::move(queue.front());
    queue.pop_front();
    next.done(fail(code, named(next.call) + ": " + words));
  }
}

bool HttpClient::Engine::asked_to_stop() {
  pollfd waits{settings.stop_fd, POLLIN, 0};
  stopping = stopping || (settings.stop_fd >= 0 && ::poll(&waits, 1, 0) > 0);
  return stopping;
}

void HttpClient::Engine::wait(Clock::time_point end) {
  const auto left = std::chrono::ceil<Duration>(end - Clock::now());
  std::array<curl_waitfd, 2> others{};
  unsigned count = 0;
  for (const int fd : {settings.wake_fd, settings.stop_fd}) {
    if (fd >= 0) others[count++] = {fd, CURL_WAIT_POLLIN, 0};
  }
  curl_multi_poll(multi, others.data(), count,
                  static_cast<int>(std::clamp(left, Duration::zero(), kLongestPoll).count()), nullptr);
  if (may_be_woken() && (others[0].revents & CURL_WAIT_POLLIN) != 0) settings.woken();
}

Result<std::unique_ptr<HttpClient>> HttpClient::make(HttpClientSettings settings) {
  if (!curl_is_ready()) return fail(Errc::unavailable, "libcurl cannot be used on this machine");
  if (settings.at_once == 0) return fail(Errc::invalid_argument, "at least one call at once is needed");
  if (!settings.ca_file.empty()) {
    if (auto readable = read_file(settings.ca_file, kLargestCaFile); !readable) {
      return fail(std::move(readable.error()).within("the CA certificates"));
    }
  }
  auto engine = std::make_unique<Engine>(std::move(settings));
  if (engine->multi == nullptr) return fail(Errc::unavailable, "out of memory");
  curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(engine->settings.at_once));
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(engine)));
}

HttpClient::HttpClient(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
HttpClient::~HttpClient() = default;

void HttpClient::begin(HttpCall call, Done done) {
  engine_->queue.push_back({std::move(call), std::move(done)});
}

void HttpClient::run_until(Time deadline) {
  const auto end = steady_end(deadline);
  while (!engine_->idle() || engine_->may_be_woken()) {
    if (engine_->asked_to_stop()) return engine_->fail_all(Errc::unavailable, "the program is stopping");
    if (Clock::now() >= end) {
      return engine_->fail_all(Errc::timed_out, "not over when the time for all calls was");
    }
    engine_->start_queued();
    int running = 0;
    curl_multi_perform(engine_->multi, &running);
    engine_->finish_over();
    const bool waits = !engine_->under_way.empty() || engine_->may_be_woken();
    if (waits && !engine_->may_start()) engine_->wait(end);
  }
}

}  // namespace runneriq::platform
