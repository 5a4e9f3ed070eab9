#include "carbon/http/grid_fetch.hpp"

#include "carbon/http/reply_outcome.hpp"

#include <algorithm>
#include <array>

namespace runneriq::carbon {
namespace {

constexpr std::size_t kMostUnkept = 200;
constexpr std::array kWants{Want::latest, Want::forecast, Want::history};

bool offers_any(const Provider& provider, const ZoneKey& zone) {
  return std::ranges::any_of(kWants, [&](Want want) { return provider.offers(zone, want); });
}

std::vector<LogField> fields_of(const ChannelKey& key, Want want) {
  return {{"source", key.source}, {"zone", key.zone.value()}, {"want", std::string(to_text(want))}};
}

}  // namespace

struct GridFetch::Line {
  const Provider& provider;
  Time now;
  std::deque<ZoneKey> zones;
  Channel* channel = nullptr;  // of the zone that is asked about
  std::deque<Want> wants;      // of it
};

GridFetch::GridFetch(GridFetchPorts ports, FetchTerms terms) : ports_(std::move(ports)), terms_(terms) {}

void GridFetch::round(std::span<const ZoneKey> zones, Time now, Time deadline) {
  load(now);
  keep_unkept(now);
  const std::set<ZoneKey> each(zones.begin(), zones.end());
  for (const auto& provider : ports_.providers) {
    go_on(std::make_shared<Line>(Line{*provider, now, {each.begin(), each.end()}, nullptr, {}}));
  }
  // What the last answers began at the very end of the time is not left behind.
  do ports_.transport.run_until(deadline);
  while (under_way_ > 0);
}

std::vector<ZoneRecord> GridFetch::records(Time now) {
  const std::lock_guard lock(guard_);
  read(now);
  return heard_.records();
}

void GridFetch::read(Time now) {
  auto kept = ports_.store.records(now);
  log_store("read", kept ? nullptr : &kept.error());
  if (!kept) return;
  heard_.replace(std::move(*kept));
  for (const Unkept& told : unkept_) heard_.add(told.key, told.want, told.answer, now);
}

// Once: from then on what is in memory is the newer.
void GridFetch::load(Time now) {
  if (std::exchange(loaded_, true)) return;
  const std::lock_guard lock(guard_);
  read(now);
  auto kept = ports_.store.channels();
  log_store("read channels", kept ? nullptr : &kept.error());
  if (!kept) return;
  for (Channel& channel : *kept) channels_.emplace(channel.key, channel);
}

Channel& GridFetch::channel_of(const Provider& provider, const ZoneKey& zone, Time now) {
  const ChannelKey key{std::string(provider.name()), zone};
  const auto known = channels_.find(key);
  return known != channels_.end() ? known->second
                                  : channels_.emplace(key, new_channel(key, terms_, now)).first->second;
}

void GridFetch::go_on(const std::shared_ptr<Line>& line) {
  if (line->wants.empty() && !take_next_zone(*line)) return;
  const Want want = line->wants.front();
  line->wants.pop_front();
  ++under_way_;
  ports_.transport.begin(call_of(line->provider.question(line->channel->key.zone, want, line->now)),
                         [this, line, want](const Result<platform::HttpReply>& reply) {
                           --under_way_;
                           take(line, want, reply);
                         });
}

// The tokens are gone before the calls are made: a program that dies in between asks no sooner.
bool GridFetch::take_next_zone(Line& line) {
  while (line.wants.empty() && !line.zones.empty()) {
    const ZoneKey zone = line.zones.front();
    line.zones.pop_front();
    if (!offers_any(line.provider, zone)) continue;
    line.channel = &channel_of(line.provider, zone, line.now);
    const std::vector<Want> wants = due(*line.channel, line.provider, terms_, line.now);
    if (wants.empty()) continue;
    line.wants.assign(wants.begin(), wants.end());
    keep(*line.channel);
  }
  return !line.wants.empty();
}

std::map<ChannelKey, std::int64_t> GridFetch::failures() {
  const std::lock_guard lock{guard_};
  return failures_;
}

void GridFetch::take(const std::shared_ptr<Line>& line, Want want, const Result<platform::HttpReply>& reply) {
  const Verdict verdict = judge(*line, want, reply);
  note(*line->channel, want, verdict.outcome, terms_, line->now, ports_.jitter());
  keep(*line->channel);
  if (verdict.outcome.kind != FetchOutcome::Kind::answered) {
    const std::lock_guard lock{guard_};
    ++failures_[line->channel->key];
  }
  log_change(line->channel->key, want, verdict);
  if (reply && verdict.outcome.kind != FetchOutcome::Kind::throttled) go_on(line);
}

GridFetch::Verdict GridFetch::judge(const Line& line, Want want, const Result<platform::HttpReply>& reply) {
  if (!reply) return {outcome_of(reply, line.now), "no answer"};
  if (reply->status != 200) return {outcome_of(reply, line.now), std::to_string(reply->status)};
  const ChannelKey& key = line.channel->key;
  auto answer = line.provider.read(key.zone, want, reply->body, line.now);
  if (!answer) {
    const auto code = std::to_string(static_cast<int>(answer.error().code));
    return {{.kind = FetchOutcome::Kind::failed, .trouble = answer.error().message}, "unusable " + code};
  }
  if (!answer->left_out.empty()) {
    auto fields = fields_of(key, want);
    fields.push_back({"left_out", answer->left_out});
    ports_.log.write(LogLevel::debug, "carbon_points_left_out", std::move(fields));
  }
  keep(Unkept{key, want, std::move(*answer)}, line.now);
  return {{.kind = FetchOutcome::Kind::answered}, ""};
}

// In order: what was told later must not be replaced by what was told before.
void GridFetch::keep(Unkept told, Time now) {
  const std::lock_guard lock(guard_);
  if (heard_.knows_younger(told.key, told.answer, now)) return;
  heard_.add(told.key, told.want, told.answer, now);
  if (unkept_.empty()) {
    const auto kept = ports_.store.keep(told.key, told.want, told.answer, now);
    log_store("keep", kept ? nullptr : &kept.error());
    if (kept) return;
  }
  unkept_.push_back(std::move(told));
  if (unkept_.size() > kMostUnkept) unkept_.pop_front();
}

void GridFetch::keep_unkept(Time now) {
  const std::lock_guard lock(guard_);
  while (!unkept_.empty()) {
    const Unkept& told = unkept_.front();
    const auto kept = ports_.store.keep(told.key, told.want, told.answer, now);
    log_store("keep", kept ? nullptr : &kept.error());
    if (!kept) return;
    unkept_.pop_front();
  }
}

void GridFetch::keep(const Channel& channel) {
  const std::lock_guard lock(guard_);
  const auto kept = ports_.store.keep(channel);
  log_store("keep channels", kept ? nullptr : &kept.error());
}

void GridFetch::log_change(const ChannelKey& key, Want want, const Verdict& verdict) {
  std::string& mark = marks_[{key, want}];
  if (mark == verdict.mark) return;
  mark = verdict.mark;
  auto fields = fields_of(key, want);
  if (mark.empty()) {
    ports_.log.write(LogLevel::info, "carbon_source_recovered", std::move(fields));
    return;
  }
  fields.push_back({"trouble", verdict.outcome.trouble});
  ports_.log.write(LogLevel::warning, "carbon_source_trouble", std::move(fields));
}

void GridFetch::log_store(std::string_view what, const Error* error) {
  const bool is_new =
      error != nullptr ? failing_.emplace(what).second : failing_.erase(std::string(what)) > 0;
  if (!is_new) return;
  if (error == nullptr) {
    ports_.log.write(LogLevel::info, "carbon_store_recovered", {{"what", std::string(what)}});
  } else {
    ports_.log.write(LogLevel::warning, "carbon_store_trouble",
                     {{"what", std::string(what)}, {"trouble", error->message}});
  }
}

}  // namespace runneriq::carbon
