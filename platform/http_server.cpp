#include "platform/http_server.hpp"

#include "platform/http_connection.hpp"
#include "platform/tls_context.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

namespace runneriq::platform {
namespace {

using namespace http_connection;
using Protocol = asio::generic::stream_protocol;
using Kind = ServedConnection::Kind;

constexpr Duration kPauseWhenOutOfDescriptors = std::chrono::milliseconds{50};
constexpr std::string_view kBusy =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";

// Signals are for the main thread.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// One listening socket, with what it serves by.
struct Door {
  Door(asio::io_context& context, HttpListener on, std::shared_ptr<asio::ssl::context> with)
      : listener(std::move(on)), tls(std::move(with)), waiting(context, ::dup(listener.fd())) {}

  [[nodiscard]] Kind kind() const {
    if (listener.is_unix()) return Kind::unix_socket;
    return tls ? Kind::tls : Kind::tcp;
  }

  HttpListener listener;
  std::shared_ptr<asio::ssl::context> tls;  // none = plain
  asio::posix::stream_descriptor waiting;
};

// Counts one connection for as long as it lives.
class Seat {
 public:
  explicit Seat(std::atomic<std::size_t>& count) : count_(&count) { ++count; }
  Seat(Seat&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  Seat& operator=(Seat&&) = delete;
  ~Seat() {
    if (count_ != nullptr) --*count_;
  }

 private:
  std::atomic<std::size_t>* count_;
};

// A client that vanishes without a word is noticed after two minutes.
void set_tcp_options(int fd) {
  const int on = 1, idle = 60, interval = 20, probes = 3;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

// Input that is left unread would make a reset of the close, which can overtake the words.
void turn_away(const UniqueFd& fd, Kind kind) {
  if (kind != Kind::tls) (void)!::send(fd.get(), kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd.get(), SHUT_WR);
  std::array<char, 4096> block;
  for (int count = 0; count < 16 && ::recv(fd.get(), block.data(), block.size(), MSG_DONTWAIT) > 0;) ++count;
}

UniqueFd spare_descriptor() {
  return UniqueFd{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

}  // namespace

struct HttpServer::Engine {
  Engine(HttpServerSettings chosen, Handler with) : settings(std::move(chosen)), handler(std::move(with)) {}

  Result<void> open(const HttpListen& listen);
  Task<void> accept_forever(Door& door);
  bool accept_one(Door& door);
  bool turn_one_away(Door& door);
  Task<void> serve(Protocol::socket socket, Door& door, Seat seat);
  void run();

  HttpServerSettings settings;
  Handler handler;
  std::atomic<std::size_t> connections = 0;
  UniqueFd spare = spare_descriptor();  // to answer one client at a time when there is no other left
  asio::io_context context{1};
  std::shared_ptr<HttpMailbox> mailbox = std::make_shared<HttpMailbox>(context);
  Surroundings around{.settings = settings, .handler = handler, .mailbox = mailbox};
  std::vector<std::unique_ptr<Door>> doors;
  std::thread thread;
};

Result<void> HttpServer::Engine::open(const HttpListen& listen) {
  std::shared_ptr<asio::ssl::context> tls;
  if (listen.tls) {
    auto made = make_tls_context(*listen.tls);
    if (!made) return fail(std::move(made.error()));
    tls = std::move(*made);
  }
  auto listener = HttpListener::open(listen);
  if (!listener) return fail(std::move(listener.error()));
  doors.push_back(std::make_unique<Door>(context, std::move(*listener), std::move(tls)));
  asio::co_spawn(context, accept_forever(*doors.back()), asio::detached);
  return {};
}

Task<void> HttpServer::Engine::accept_forever(Door& door) {
  asio::steady_timer pause(context);
  while (true) {
    co_await door.waiting.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
    while (accept_one(door)) {
    }
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) continue;
    while (turn_one_away(door)) {
    }
    pause.expires_after(kPauseWhenOutOfDescriptors);
    co_await pause.async_wait(kTuple);
  }
}

bool HttpServer::Engine::accept_one(Door& door) {
  UniqueFd fd{::accept4(door.listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!fd) return false;
  if (connections >= settings.most_connections) {
    turn_away(fd, door.kind());
    return true;
  }
  const bool tcp = door.kind() != Kind::unix_socket;
  if (tcp) set_tcp_options(fd.get());
  try {
    Protocol::socket socket(context);
    socket.assign(tcp ? Protocol(AF_INET, IPPROTO_TCP) : Protocol(AF_UNIX, 0), fd.get());
    (void)fd.release();
    asio::co_spawn(context, serve(std::move(socket), door, Seat(connections)), asio::detached);
  } catch (const std::exception&) {
    // Out of memory or of watches: this client is dropped, and the next one is asked.
  }
  return true;
}

// With the descriptor that is kept for this: a client should hear that we are full, not wait.
bool HttpServer::Engine::turn_one_away(Door& door) {
  if (!spare) return false;
  ::close(spare.release());
  bool taken = false;
  {
    const UniqueFd fd{::accept4(door.listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    taken = static_cast<bool>(fd);
    if (taken) turn_away(fd, door.kind());
  }
  spare = spare_descriptor();
  return taken;
}

Task<void> HttpServer::Engine::serve(Protocol::socket socket, Door& door, Seat) {
  try {
    ServedConnection about = connection_of(socket.native_handle(), door.kind());
    if (door.tls) {
      Connection<TlsStream> connection(std::move(socket), std::move(about), around, *door.tls);
      co_await connection.serve();
    } else {
      Connection<PlainStream> connection(std::move(socket), std::move(about), around);
      co_await connection.serve();
    }
  } catch (const std::exception&) {
    // Out of memory for one connection is its end, not the server's.
  }
}

void HttpServer::Engine::run() {
  mailbox->begin();
  while (!context.stopped()) {
    try {
      context.run();
    } catch (const std::exception&) {
      // What a function given to after() throws ends that function only.
    }
  }
  mailbox->end();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerSettings settings, Handler handler) {
  if (settings.listeners.empty()) settings.listeners = {HttpListen{.address = settings.listen}};
  try {
    auto engine = std::make_unique<Engine>(std::move(settings), std::move(handler));
    for (const HttpListen& each : engine->settings.listeners) {
      if (auto opened = engine->open(each); !opened) return fail(std::move(opened.error()));
    }
    const SignalsBlocked while_starting;
    engine->thread = std::thread([work = engine.get()] { work->run(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(engine)));
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, std::string("cannot start the server: ") + error.what());
  }
}

HttpServer::HttpServer(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

HttpServer::~HttpServer() {
  engine_->context.stop();
  engine_->thread.join();
  engine_->mailbox->close();
}

std::string HttpServer::address() const {
  return engine_->doors.front()->listener.address();
}

std::vector<std::string> HttpServer::addresses() const {
  std::vector<std::string> all;
  for (const auto& each : engine_->doors) all.push_back(each->listener.address());
  return all;
}

std::size_t HttpServer::connections() const {
  return engine_->connections;
}

void HttpServer::after(Duration delay, std::function<void()> work) {
  auto& context = engine_->context;
  auto timer = std::make_shared<asio::steady_timer>(context, delay);
  timer->async_wait([timer, act = std::move(work)](error_code error) {
    if (!error) act();
  });
}

}  // namespace runneriq::platform
