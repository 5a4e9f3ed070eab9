// Asks the providers what is due, keeps what they tell, and goes on when they, or the store, do not answer.
#pragma once

#include "carbon/http/heard.hpp"
#include "carbon/store.hpp"
#include "core/event_log.hpp"
#include "platform/http_client.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::carbon {

// All that is referred to must outlive the GridFetch.
struct GridFetchPorts {
  const std::vector<std::unique_ptr<Provider>>& providers;
  IntensityStore& store;
  platform::HttpTransport& transport;
  EventLog& log;
  std::function<double()> jitter;  // 0..1
};

// round() belongs to one thread; records() may be called by another meanwhile and does not wait for the
// network. The store is used under one lock.
class GridFetch {
 public:
  GridFetch(GridFetchPorts ports, FetchTerms terms);

  // Asks for what is due in `zones`: one source for one thing after the other, for bursts are refused, and
  // all sources at the same time. One that does not answer, or throttles, is asked nothing more in this
  // round. What is not over at `deadline` has failed.
  void round(std::span<const ZoneKey> zones, Time now, Time deadline);
  // What is known: by the store and, as far as it could not keep it, by this process.
  [[nodiscard]] std::vector<ZoneRecord> records(Time now);
  // Calls so far that gave nothing usable.
  [[nodiscard]] std::map<ChannelKey, std::int64_t> failures();

 private:
  struct Line;  // what is still to be asked of one source in this round
  struct Unkept {
    ChannelKey key;
    Want want;
    ProviderAnswer answer;
  };
  struct Verdict {
    FetchOutcome outcome;
    std::string mark;  // stays the same while the trouble does, whatever its words count or quote
  };

  void load(Time now);
  void read(Time now);  // with the lock held
  Channel& channel_of(const Provider& provider, const ZoneKey& zone, Time now);
  void go_on(const std::shared_ptr<Line>& line);
  bool take_next_zone(Line& line);
  void take(const std::shared_ptr<Line>& line, Want want, const Result<platform::HttpReply>& reply);
  Verdict judge(const Line& line, Want want, const Result<platform::HttpReply>& reply);
  void keep(Unkept told, Time now);
  void keep_unkept(Time now);
  void keep(const Channel& channel);
  void log_change(const ChannelKey& key, Want want, const Verdict& verdict);
  void log_store(std::string_view what, const Error* error);

  GridFetchPorts ports_;
  FetchTerms terms_;

  std::mutex guard_;  // of the store and of these:
  Heard heard_;
  std::deque<Unkept> unkept_;                   // oldest first
  std::set<std::string, std::less<>> failing_;  // what the store does not do at present
  std::map<ChannelKey, std::int64_t> failures_;

  // Of round() alone:
  int under_way_ = 0;
  bool loaded_ = false;
  std::map<ChannelKey, Channel> channels_;
  std::map<std::pair<ChannelKey, Want>, std::string> marks_;  // of present trouble
};

}  // namespace runneriq::carbon
