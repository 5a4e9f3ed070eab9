#include "platform/http_pending.hpp"

#include "platform/http_field.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace runneriq::platform {
namespace {

// What can be sent as it is: a reply that would break the framing is a fault of the handler.
ServedReply checked(ServedReply reply) {
  const bool framed = std::ranges::all_of(reply.headers, [](const HttpHeader& each) {
    const std::string name = lower_case(each.name);
    return is_header(each) && name != "content-length" && name != "transfer-encoding" && name != "connection";
  });
  return framed && reply.status >= 200 && reply.status <= 599 ? std::move(reply) : plain_reply(500);
}

}  // namespace

ServedReply plain_reply(int status) {
  const auto words = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {.status = status,
          .headers = {{"Content-Type", "text/plain"}},
          .body = std::string(words) + "\n",
          .delivery = {}};
}

void HttpMailbox::close() {
  const std::scoped_lock lock(mutex_);
  context_ = nullptr;
  closed_ = true;
}

void HttpMailbox::run(std::function<void()> work) {
  if (thread_.load() == std::this_thread::get_id()) return work();
  const std::scoped_lock lock(mutex_);
  if (context_ != nullptr) boost::asio::post(*context_, std::move(work));
}

// Held by the copies of one answer.
class HttpAnswer::Token {
 public:
  Token(std::weak_ptr<HttpPending> pending, std::shared_ptr<std::atomic<bool>> gone,
        std::shared_ptr<HttpMailbox> mailbox)
      : pending_(std::move(pending)), gone_(std::move(gone)), mailbox_(std::move(mailbox)) {}
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() {
    try {
      if (!given_) give(plain_reply(500));
    } catch (const std::exception&) {
      // Out of memory: the client's own time limit ends its wait.
    }
  }

  void give(ServedReply reply) {
    given_ = true;
    on_server([reply = std::move(reply)](HttpPending& to) mutable { to.give(std::move(reply)); });
  }
  void when_gone(std::function<void()> act) {
    on_server([act = std::move(act)](HttpPending& of) mutable { of.call_when_gone(std::move(act)); });
  }
  [[nodiscard]] bool gone() const { return *gone_ || mailbox_->is_closed(); }

 private:
  // The pending end is looked up, and let go of, on its own thread only.
  template <class Work>
  void on_server(Work work) {
    mailbox_->run([pending = pending_, act = std::move(work)]() mutable {
      if (const auto found = pending.lock()) act(*found);
    });
  }

  std::weak_ptr<HttpPending> pending_;
  std::shared_ptr<std::atomic<bool>> gone_;
  std::shared_ptr<HttpMailbox> mailbox_;
  std::atomic<bool> given_ = false;
};

void HttpAnswer::operator()(ServedReply reply) const {
  if (token_) token_->give(std::move(reply));
}

bool HttpAnswer::gone() const {
  return token_ && token_->gone();
}

void HttpAnswer::when_gone(std::function<void()> act) const {
  if (token_) token_->when_gone(std::move(act));
}

HttpAnswer HttpPending::answer_to(const std::shared_ptr<HttpPending>& pending,
                                  const std::shared_ptr<HttpMailbox>& mailbox) {
  return HttpAnswer{std::make_shared<HttpAnswer::Token>(pending, pending->gone_, mailbox)};
}

void HttpPending::give(ServedReply reply) {
  if (reply_) return;
  reply_ = checked(std::move(reply));
  when_gone_ = nullptr;
  given_.cancel();
}

void HttpPending::call_when_gone(std::function<void()> act) {
  if (reply_) return;
  when_gone_ = std::move(act);
  if (*gone_) client_has_gone();
}

void HttpPending::client_has_gone() {
  if (reply_) return;
  *gone_ = true;
  if (const auto act = std::exchange(when_gone_, nullptr)) act();
}

boost::asio::awaitable<ServedReply> HttpPending::taken() {
  while (!reply_) co_await given_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return std::move(*reply_);
}

}  // namespace runneriq::platform
