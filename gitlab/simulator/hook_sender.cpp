#include "gitlab/simulator/hook_sender.hpp"

#include "platform/files.hpp"
#include "platform/system_waiter.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <iterator>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

constexpr Duration kPatience = std::chrono::seconds{10};  // GitLab.com's

}  // namespace

Result<std::unique_ptr<HookSender>> HookSender::start() {
  std::unique_ptr<HookSender> sender(new HookSender());
  sender->stop_ = platform::UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (sender->stop_.get() < 0) return fail(platform::system_error("eventfd", errno));
  auto client = platform::HttpClient::make({.at_once = 1,
                                            .ca_file = {},
                                            .user_agent = "GitLab/17.10.0-ee (simulated)",
                                            .stop_fd = sender->stop_.get()});
  if (!client) return fail(std::move(client).error());
  sender->client_ = *std::move(client);
  sender->thread_ = std::thread([self = sender.get()] { self->work(); });
  return sender;
}

HookSender::~HookSender() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (stop_.get() >= 0) eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void HookSender::send(std::vector<HookDelivery> deliveries) {
  if (deliveries.empty()) return;
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), std::make_move_iterator(deliveries.begin()),
                  std::make_move_iterator(deliveries.end()));
  changed_.notify_all();
}

void HookSender::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const HookDelivery delivery = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    post(delivery);
    lock.lock();
  }
}

void HookSender::post(const HookDelivery& delivery) {
  platform::HttpCall call{.method = "POST",
                          .url = delivery.url,
                          .headers = headers_of(delivery, platform::wall_clock()),
                          .secret_header = {},
                          .secret = {},
                          .body = delivery.body,
                          .time_limit = kPatience};
  if (!delivery.token.empty()) {
    call.secret_header = "X-Gitlab-Token";
    call.secret = delivery.token;
  }
  client_->begin(std::move(call), [](const Result<platform::HttpReply>&) {});
  client_->run_until(platform::wall_clock() + kPatience);
}

}  // namespace runneriq::gitlab::simulator
