#include "service/side_thread.hpp"

#include <csignal>
#include <utility>

namespace runneriq::service {

SideThread::SideThread() : thread_([this] { loop(); }) {}

void SideThread::run(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void SideThread::stop() {
  std::deque<Work> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool SideThread::take(Work& work) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
  if (stopped_) return false;
  work = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

void SideThread::loop() {
  sigset_t all;  // signals are for the main thread
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (Work work; take(work); work = nullptr) work();
}

}  // namespace runneriq::service
