#include "platform/unix_http.hpp"

#include "core/lower_case.hpp"
#include "platform/files.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace runneriq::platform {
namespace {

namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargestBody = std::size_t{64} << 10;
constexpr std::size_t kLargestHeader = std::size_t{8} << 10;

// Takes what a scope lasts from a patience.
class Spending {
 public:
  explicit Spending(Duration& patience) : patience_(patience), end_(Clock::now() + patience) {}
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;
  ~Spending() { patience_ = std::max(left(), Duration::zero()); }

  [[nodiscard]] Duration left() const { return std::chrono::ceil<Duration>(end_ - Clock::now()); }

 private:
  Duration& patience_;
  Clock::time_point end_;
};

// Whether `fd` became ready for `events` before the time was over.
bool wait_for(int fd, short events, const Spending& spending) {
  pollfd waits{fd, events, 0};
  while (true) {
    const Duration left = std::max(spending.left(), Duration::zero());
    const int ready = ::poll(&waits, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK;
}

tl::unexpected<Error> no_answer(const std::string& path) {
  return fail(Errc::timed_out, path + ": no answer in time");
}

// A Unix socket's connect() does not poll; where its queue is full, it waits as long as a send may.
int connect_within(int fd, const sockaddr_un& address, Duration patience) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  timeval limit{seconds.count(), std::chrono::microseconds(patience - seconds).count()};
  if (limit.tv_sec == 0 && limit.tv_usec == 0) limit.tv_usec = 1;  // 0 would be without limit
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

std::string text_of(const UnixHttpCall& call) {
  std::string text = call.method + " " + call.target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!call.body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(call.body.size()) + "\r\n";
  }
  return text + "\r\n" + call.body;
}

}  // namespace

struct UnixHttp::Answer {
  explicit Answer(bool has_body) {
    parser.eager(true);
    parser.body_limit(kLargestBody);
    parser.header_limit(kLargestHeader);
    parser.skip(!has_body);
  }
  http::response_parser<http::string_body> parser;
  std::string unparsed;
};

UnixHttp::UnixHttp(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
UnixHttp::UnixHttp(UnixHttp&&) noexcept = default;
UnixHttp& UnixHttp::operator=(UnixHttp&&) noexcept = default;
UnixHttp::~UnixHttp() = default;

Result<UnixHttp> UnixHttp::connect(const std::string& path, Duration& patience) {
  const Spending spending{patience};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(Errc::unavailable, path + ": the path is too long for a socket");
  }
  path.copy(address.sun_path, path.size());
  UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd) return fail(system_error(path, errno));
  const int error_number = connect_within(fd.get(), address, spending.left());
  if (would_block(error_number)) return no_answer(path);
  if (error_number != 0) return fail(system_error(path, error_number));
  return UnixHttp{std::move(fd), path};
}

Result<void> UnixHttp::send(const UnixHttpCall& call, Duration& patience) {
  const Spending spending{patience};
  const std::string text = text_of(call);
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count =
        ::send(fd_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (would_block(errno)) {
      if (!wait_for(fd_.get(), POLLOUT, spending)) return no_answer(path_);
    } else if (errno != EINTR) {
      return fail(Errc::unavailable, system_error(path_, errno).message);
    }
  }
  answer_ = std::make_unique<Answer>(call.method != "HEAD");
  sent_ = Clock::now();
  return {};
}

// Whether the answer is whole now; false also when nothing more has come yet.
Result<bool> UnixHttp::read_some() {
  std::array<char, 16384> block;
  const ssize_t count = ::recv(fd_.get(), block.data(), block.size(), MSG_DONTWAIT);
  if (count < 0 && (would_block(errno) || errno == EINTR)) return false;
  if (count < 0) return fail(Errc::unavailable, system_error(path_, errno).message);
  boost::system::error_code error;
  auto& parser = answer_->parser;
  if (count == 0) {
    parser.put_eof(error);
    if (error || !parser.is_done()) return fail(Errc::unavailable, path_ + ": the connection was closed");
    return true;
  }
  answer_->unparsed.append(block.data(), static_cast<std::size_t>(count));
  const std::size_t used = parser.put(boost::asio::buffer(std::as_const(answer_->unparsed)), error);
  answer_->unparsed.erase(0, used);
  if (error == http::error::need_more) error = {};
  if (error) return fail(Errc::unavailable, path_ + ": no usable HTTP: " + error.message());
  return parser.is_done();
}

Result<std::optional<HttpReply>> UnixHttp::receive(Duration& patience) {
  const Spending spending{patience};
  while (true) {
    if (!wait_for(fd_.get(), POLLIN, spending)) return std::nullopt;
    const auto whole = read_some();
    if (!whole) return fail(whole.error());
    if (!*whole) continue;
    const auto answer = std::exchange(answer_, nullptr);
    const auto message = answer->parser.release();
    kept_ = message.keep_alive() && answer->unparsed.empty();
    HttpReply reply{.status = static_cast<int>(message.result_int()), .body = message.body()};
    for (const auto& field : message) {
      reply.headers.push_back(
          {lower_case(std::string_view{field.name_string()}), std::string(field.value())});
    }
    return reply;
  }
}

std::optional<Duration> UnixHttp::awaited_for() const {
  if (!answer_) return std::nullopt;
  return std::chrono::floor<Duration>(Clock::now() - sent_);
}

bool UnixHttp::is_reusable() const {
  return kept_ && !answer_;
}

}  // namespace runneriq::platform
