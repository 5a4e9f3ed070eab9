#include "apps/runneriq/alert_deliveries.hpp"

#include "platform/random.hpp"
#include "platform/system_waiter.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

using alerting::ReceiverOptions;

// Others may have queued something, such as a person that sends dead messages again.
constexpr Duration kLookAgain = std::chrono::seconds{5};

}  // namespace

struct AlertDeliveries::Line {
  Line(std::string name, std::unique_ptr<alerting::Courier> made, const std::string& path, EventLog& to,
       std::string of)
      : receiver(std::move(name)), owner(std::move(of)), log(to), courier(std::move(made)), file(path, to) {}

  // None while the file cannot be opened.
  alerting::Delivery* open() {
    if (delivery) return &*delivery;
    auto state = file.state();
    if (!state) return nullptr;
    delivery.emplace(receiver, owner,
                     alerting::DeliveryPorts{.outbox = **state,
                                             .courier = *courier,
                                             .log = log,
                                             .clock = platform::wall_clock,
                                             .jitter = platform::random_share},
                     alerting::DeliveryTerms{});
    return &*delivery;
  }

  std::string receiver, owner;
  EventLog& log;
  std::unique_ptr<alerting::Courier> courier;
  AlertFile file;
  std::optional<alerting::Delivery> delivery;  // made by its thread; looked at by others under the guard
  std::thread thread;
};

Result<std::unique_ptr<AlertDeliveries>> AlertDeliveries::start(const CourierParts& parts,
                                                                const std::string& path,
                                                                const std::string& owner) {
  std::unique_ptr<AlertDeliveries> made{new AlertDeliveries};
  auto stop = platform::WakeUp::make();
  if (!stop) return fail(std::move(stop.error()));
  made->stop_.emplace(*std::move(stop));
  CourierParts own = parts;
  own.stop_fd = made->stop_->fd();
  for (const ReceiverOptions& receiver : receivers_of(parts.settings->alerting)) {
    auto courier = open_courier(receiver, own);
    if (!courier) {
      parts.log->write(LogLevel::error, "receiver_unusable",
                       {{"receiver", receiver.name}, {"why", courier.error().message}});
      continue;
    }
    made->lines_.push_back(std::make_unique<Line>(receiver.name, *std::move(courier), path, *parts.log,
                                                  owner + "/" + receiver.name));
  }
  for (const auto& line : made->lines_) {
    line->thread = std::thread{[raw = made.get(), &line = *line] { raw->run(line); }};
  }
  return made;
}

AlertDeliveries::~AlertDeliveries() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (stop_) stop_->signal();
  for (const auto& line : lines_) {
    if (line->thread.joinable()) line->thread.join();
  }
}

void AlertDeliveries::look() {
  const std::lock_guard lock{guard_};
  ++looks_;
  changed_.notify_all();
}

std::map<std::string, alerting::DeliveryCounts> AlertDeliveries::counts() const {
  const std::lock_guard lock{guard_};
  std::map<std::string, alerting::DeliveryCounts> all;
  for (const auto& line : lines_) {
    all[line->receiver] = line->delivery ? line->delivery->counts() : alerting::DeliveryCounts{};
  }
  return all;
}

void AlertDeliveries::run(Line& line) {
  std::unique_lock lock{guard_};
  while (!stopped_) {
    const std::uint64_t seen = looks_;
    alerting::Delivery* const delivery = line.open();
    lock.unlock();
    const std::optional<Time> next = delivery == nullptr ? std::nullopt : delivery->round();
    const Time now = platform::wall_clock();
    const Duration pause = std::clamp<Duration>(next.value_or(now + kLookAgain) - now, {}, kLookAgain);
    lock.lock();
    changed_.wait_for(lock, pause, [&] { return stopped_ || looks_ != seen; });
  }
}

}  // namespace runneriq::app
