#include "service/fleet_service.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::service {
namespace {

using platform::HttpServer;
using platform::ServedRequest;

constexpr Duration kTurn = std::chrono::milliseconds{250};  // how late a long poll may be answered
constexpr int kTurnsPerPass = 4;
constexpr std::size_t kLargestWebhook = std::size_t{4} << 20;  // every other route takes less
constexpr std::size_t kMostConnections = 8192;                 // each held job has one

}  // namespace

FleetService::FleetService(FleetServiceSettings settings)
    : render_(std::move(settings.render)),
      carbon_(std::move(settings.carbon)),
      alerts_(std::move(settings.alerts)),
      diagnoses_(std::move(settings.diagnoses)),
      wake_(std::move(settings.wake)) {
  api_ = std::make_unique<FleetApi>(with_threads(std::move(settings.ports)), std::move(settings.api),
                                    std::move(settings.kept));
}

Result<std::unique_ptr<FleetService>> FleetService::start(FleetServiceSettings settings) {
  platform::HttpServerSettings http = settings.http;
  http.largest_body = std::max(http.largest_body, kLargestWebhook);
  http.most_connections = std::max(http.most_connections, kMostConnections);
  std::unique_ptr<FleetService> service(new FleetService(std::move(settings)));
  if (auto listening = service->listen(std::move(http)); !listening)
    return fail(std::move(listening.error()));
  return service;
}

Result<void> FleetService::listen(platform::HttpServerSettings settings) {
  auto server =
      HttpServer::start(std::move(settings), [this](ServedRequest request, HttpServer::Answer answer) {
        ready_.wait(false);  // the socket may be older than we are: who waits on it is not sent away
        api_->serve(std::move(request), answer,
                    [answer](std::function<void()> act) { answer.when_gone(std::move(act)); });
      });
  if (!server) return fail(std::move(server.error()));
  server_ = std::move(*server);
  timer_ = server_.get();
  ready_ = true;
  ready_.notify_one();
  timer_->after(kTurn, [this] { keep_time(); });
  return {};
}

// Threads first: what they bring back finds the server, and finds nobody once it has stopped.
FleetService::~FleetService() {
  booker_.stop();
  historian_.stop();
  reader_.stop();
  server_.reset();
}

ApiPorts FleetService::with_threads(ApiPorts ports) {
  ports.threads.book = [this](SideThread::Work work) { booker_.run(std::move(work)); };
  ports.threads.remember = [this](SideThread::Work work) { historian_.run(std::move(work)); };
  ports.threads.come_back = [this](SideThread::Work work) {
    timer_->after(Duration::zero(), std::move(work));
  };
  ports.read = [this](SideThread::Work work) { reader_.run(std::move(work)); };
  ports.reports = &reports_;
  ports.hint = [this](const GitLabUrl& gitlab, ProjectId project) { hint(gitlab, project); };
  return ports;
}

void FleetService::keep_time() {
  api_->answer_due();
  if (++turns_ % kTurnsPerPass == 0) api_->pass_time();
  timer_->after(kTurn, [this] { keep_time(); });
}

void FleetService::publish(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
                           std::optional<Duration> took) {
  auto documents = std::make_shared<FleetDocuments>(render_ ? render_(tick) : FleetDocuments{});
  documents->leases = leases_document(tick.now, steering);
  CarbonState state = carbon_ ? carbon_() : CarbonState{};
  TickKnowledge knowledge = knowledge_of(tick);
  const carbon::DeferralOptions& deferral = state.options.deferral;
  if (deferral.admission) knowledge.green = deferral.terms;
  auto carbon = std::make_shared<const CarbonKnowledge>(carbon_knowledge_of(tick, std::move(state)));
  timer_->after(Duration::zero(), [this, documents, figures = figures_of(tick, steering, took),
                                   knowledge = std::move(knowledge), carbon = std::move(carbon)] {
    api_->show(std::move(*documents), figures, knowledge);
    api_->show_carbon(carbon);
  });
  publish_figures();
}

void FleetService::publish_figures() {
  if (alerts_) {
    timer_->after(Duration::zero(),
                  [this, figures = alerts_()]() mutable { api_->show_alerts(std::move(figures)); });
  }
  if (diagnoses_) {
    timer_->after(Duration::zero(),
                  [this, figures = diagnoses_()]() mutable { api_->show_diagnoses(std::move(figures)); });
  }
}

void FleetService::publish_failure(const Error& error) {
  timer_->after(Duration::zero(), [this, message = error.message] { api_->show_failure(message); });
  publish_figures();
}

void FleetService::expect_ticks_every(Duration interval) {
  timer_->after(Duration::zero(), [this, interval] { api_->expect_ticks_every(interval); });
}

scheduler::Hints FleetService::take_hints() {
  const std::lock_guard lock(mutex_);
  return std::exchange(hints_, {});
}

void FleetService::hint(const GitLabUrl& gitlab, ProjectId project) {
  {
    const std::lock_guard lock(mutex_);
    hints_[gitlab].insert(project);
  }
  if (wake_) wake_();
}

}  // namespace runneriq::service
