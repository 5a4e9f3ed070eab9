#include "gitlab/simulator/simulator.hpp"

#include "gitlab/simulator/hook_sender.hpp"
#include "gitlab/simulator/site.hpp"
#include "platform/http_server.hpp"
#include "platform/system_waiter.hpp"

#include <mutex>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

// How late a webhook may leave while nobody calls.
constexpr Duration kHeartbeat = std::chrono::milliseconds{200};
constexpr std::size_t kLargestBody = std::size_t{4} << 20;

}  // namespace

struct Simulator::Engine {
  Engine(Scenario scenario, const SimulatorSettings& settings)
      : site(std::move(scenario), {.token = settings.token,
                                   .time_factor = settings.time_factor,
                                   .started = platform::wall_clock()}) {}

  void answer(const ServedRequest& request, const platform::HttpServer::Answer& done) {
    const std::lock_guard lock(mutex);
    Answered answered = site.answer(request, platform::wall_clock());
    sender->send(site.take_deliveries());
    if (answered.delay == Duration{}) return done(std::move(answered.reply));
    server->after(answered.delay,
                  [done, reply = std::move(answered.reply)]() mutable { done(std::move(reply)); });
  }

  void beat() {
    const std::lock_guard lock(mutex);
    if (site.has_hooks()) site.move_to(platform::wall_clock());
    sender->send(site.take_deliveries());
    server->after(kHeartbeat, [this] { beat(); });
  }

  std::mutex mutex;  // of all below
  Site site;
  std::unique_ptr<HookSender> sender;
  std::unique_ptr<platform::HttpServer> server;  // the last, so that its thread ends first
};

Simulator::Simulator(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Simulator::~Simulator() = default;

Result<std::unique_ptr<Simulator>> Simulator::start(Scenario scenario, SimulatorSettings settings) {
  auto sender = HookSender::start();
  if (!sender) return fail(std::move(sender).error());
  auto engine = std::make_unique<Engine>(std::move(scenario), settings);
  engine->sender = *std::move(sender);
  // A first request waits until the server stands where its handler looks for it.
  const std::unique_lock lock(engine->mutex);
  auto server = platform::HttpServer::start(
      {.listen = settings.listen, .largest_body = kLargestBody},
      [raw = engine.get()](const ServedRequest& request, const platform::HttpServer::Answer& done) {
        raw->answer(request, done);
      });
  if (!server) return fail(std::move(server).error());
  engine->server = *std::move(server);
  engine->server->after(kHeartbeat, [raw = engine.get()] { raw->beat(); });
  return std::unique_ptr<Simulator>(new Simulator(std::move(engine)));
}

std::string Simulator::url() const {
  return engine_->server->address();
}

std::int64_t Simulator::mutating_calls() const {
  const std::lock_guard lock(engine_->mutex);
  return engine_->site.calls().mutating;
}

}  // namespace runneriq::gitlab::simulator
