// Trouble on request.
#pragma once

#include "core/time.hpp"
#include "gitlab/simulator/call.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {

struct Fault {
  enum class Kind {
    latency,     // the answer comes late
    status,      // another status; nothing is done
    reset,       // the connection breaks within the body
    reply_lost,  // done, but the answer never comes
    late,        // another status now; done `late` later, in simulated time, when nobody expects it
    slow,        // the body trickles
    wrong_link,  // the next page is a wrong one
    garbage,     // no JSON, with status 200
    empty_page,  // an empty list that says it is all
    redirect,    // to somewhere else
  };
  std::int64_t id = 0;
  std::string route = "*";  // pattern of "METHOD /path"
  Kind kind = Kind::status;
  int status = 503;
  std::optional<int> retry_after{};  // seconds
  std::string body{};                // "html", "json", "text"; "" = what GitLab would send
  Duration late{};
  std::optional<std::size_t> bytes{};  // reset: until then; slow: per second
  std::string link = "loop";           // wrong_link: "loop", "elsewhere" or "beyond"
  std::string location{};              // redirect
  std::optional<int> times{};          // none = until deleted
  double probability = 1;
};

struct Answered {
  ServedReply reply;
  Duration delay{};
};

class Faults {
 public:
  explicit Faults(std::uint64_t seed) : chance_(seed) {}

  std::int64_t add(Fault fault);
  void clear() { faults_.clear(); }
  [[nodiscard]] const std::vector<Fault>& all() const { return faults_; }
  // Those that strike the call; each is counted.
  std::vector<Fault> strike(std::string_view method_and_path);

 private:
  [[nodiscard]] double draw();

  std::vector<Fault> faults_;
  std::uint64_t chance_;
  std::int64_t last_id_ = 0;
};

// The reply in place of GitLab's, for a fault that keeps it from doing anything.
std::optional<ServedReply> instead(const Fault& fault);
// What the fault makes of GitLab's own reply.
void spoil(Answered& answer, const Fault& fault, const Call& call);

}  // namespace runneriq::gitlab::simulator
