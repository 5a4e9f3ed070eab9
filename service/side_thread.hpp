// A thread that does what would keep the server's thread from answering: commits, long reads.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace runneriq::service {

class SideThread {
 public:
  using Work = std::function<void()>;

  SideThread();
  ~SideThread() { stop(); }
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  // One after the other, from any thread; does nothing after stop(). `work` must not throw.
  void run(Work work);
  // What runs now is finished, what waits is dropped.
  void stop();

 private:
  void loop();
  bool take(Work& work);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace runneriq::service
