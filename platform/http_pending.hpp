// What stands between a handler that answers from any thread, and the connection that waits for it.
#pragma once

#include "platform/http_server.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace runneriq::platform {

ServedReply plain_reply(int status);

// Where other threads leave work for the server's thread, as long as there is one.
class HttpMailbox {
 public:
  explicit HttpMailbox(boost::asio::io_context& context) : context_(&context) {}
  // On the server's thread, as the first and the last that runs there.
  void begin() { thread_ = std::this_thread::get_id(); }
  void end() { thread_ = std::thread::id{}; }
  // Before the context goes: from then on work is dropped.
  void close();

  [[nodiscard]] bool is_closed() const { return closed_; }
  // At once on the server's thread, soon from elsewhere.
  void run(std::function<void()> work);

 private:
  std::mutex mutex_;  // of context_
  boost::asio::io_context* context_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> closed_ = false;
};

// The connection's side; only on the server's thread.
class HttpPending {
 public:
  explicit HttpPending(const boost::asio::any_io_executor& executor)
      : given_(executor, boost::asio::steady_timer::time_point::max()) {}

  static HttpAnswer answer_to(const std::shared_ptr<HttpPending>& pending,
                              const std::shared_ptr<HttpMailbox>& mailbox);

  void give(ServedReply reply);
  void call_when_gone(std::function<void()> act);
  void client_has_gone();

  [[nodiscard]] bool is_given() const { return reply_.has_value(); }
  boost::asio::awaitable<ServedReply> taken();

 private:
  boost::asio::steady_timer given_;
  std::optional<ServedReply> reply_;
  std::function<void()> when_gone_;
  std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace runneriq::platform
