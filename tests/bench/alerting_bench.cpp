// A storm through the four stages of alerting: events per second and the most memory it takes, beside what
// making and reading the events alone costs. Items are counted by CPU time. For ./dev bench
// (tests/bench/alerting.py).
#include "alerting/event_document.hpp"
#include "alerting/noise_reduction.hpp"
#include "core/json_text.hpp"
#include "tests/support/made_zones.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t live = 0, peak = 0;  // bytes of the heap; the program has one thread

}  // namespace

// Not inlined: GCC would take malloc and free for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc{};
  live += malloc_usable_size(memory);
  peak = std::max(peak, live);
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  live -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kEvents = 1'000'000;
constexpr std::int64_t kProjects = 100, kNames = 100;  // 10,000 groups
const Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}};

enum Mixture : std::int64_t { all_failed, half_passed };

// One after the other from each group, each of another commit, 10 ms apart.
class Storm {
 public:
  explicit Storm(Mixture mixture) : mixture_(mixture) {
    event_.stage = "test";
    event_.source = "push";
    event_.runner = "docker-host-7";
    event_.user = "anna";
    event_.default_branch = "main";
  }
  const Event& next() {
    const std::int64_t number = number_++, group = number % (kProjects * kNames);
    const bool passed = mixture_ == half_passed && number / (kProjects * kNames) % 2 == 1;
    event_.time = kStart + number * 10ms;
    event_.project = "group/project-" + std::to_string(group % kProjects);
    event_.name = "job " + std::string(1, static_cast<char>('a' + group / kProjects % 26)) +
                  std::to_string(group / kProjects);
    event_.ref = number % 7 == 0 ? "main" : "feature/" + std::to_string(number % 7);
    event_.sha = "5f0c2b7d9e4a1c3f8b6d7e2a9c4f1b3d" + std::to_string(number / 4);
    event_.pipeline_id = 1 + number / 10;
    event_.job_id = 1 + number;
    event_.status = passed ? "success" : "failed";
    event_.failure_reason = passed ? "" : "script_failure";
    return event_;
  }

 private:
  Mixture mixture_;
  std::int64_t number_ = 0;
  Event event_;
};

class Counted final : public NoiseSink {
 public:
  void decided(const Verdict&, const Classified*) override { ++decisions; }
  void notify(const Notification&) override { ++messages; }
  double decisions = 0, messages = 0;
};

NoiseRules rules() {
  NoiseRules rules;
  rules.routes = *RouteTree::make({.path = "root",
                                   .receiver = "default",
                                   .group_by = {Label::signature},
                                   .wait = 15min,
                                   .interval = 15min,
                                   .repeat = 4h,
                                   .active = {},
                                   .digest = DigestPeriod::none},
                                  {});
  return rules;
}

// What every row reports, of kEvents events.
void report(benchmark::State& state, std::size_t before) {
  state.SetItemsProcessed(state.iterations() * kEvents);
  state.counters["peak_MB"] = static_cast<double>(peak - before) / (1 << 20);
}

void events_alone(benchmark::State& state) {
  const std::size_t before = peak = live;
  for (auto _ : state) {
    Storm storm{static_cast<Mixture>(state.range(0))};
    for (std::int64_t i = 0; i < kEvents; ++i) {
      Event copy = storm.next();
      benchmark::DoNotOptimize(copy);
    }
  }
  report(state, before);
}

std::vector<std::string> lines(Mixture mixture) {
  Storm storm{mixture};
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) lines.push_back(json_line(event_document(storm.next())));
  return lines;
}

void parse_alone(benchmark::State& state) {
  const std::vector<std::string> texts = lines(all_failed);
  const std::size_t before = peak = live;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kEvents; ++i) {
      benchmark::DoNotOptimize(parse_event(texts[static_cast<std::size_t>(i) % texts.size()], kStart));
    }
  }
  report(state, before);
}

void four_stages(benchmark::State& state) {
  const support::MadeZones zones;
  const std::size_t before = peak = live;
  Counted sink;
  for (auto _ : state) {
    Storm storm{static_cast<Mixture>(state.range(0))};
    NoiseReduction stages{rules(), zones, sink};
    for (std::int64_t i = 0; i < kEvents; ++i) {
      const Event& event = storm.next();
      stages.take(event, event.time);
    }
    stages.finish(kStart + kEvents * 10ms);
  }
  report(state, before);
  state.counters["messages"] = sink.messages;
}

// As a replay reads them: each line parsed, its time and commit made its own.
void parse_and_four_stages(benchmark::State& state) {
  const support::MadeZones zones;
  const std::vector<std::string> texts = lines(static_cast<Mixture>(state.range(0)));
  const std::size_t before = peak = live;
  Counted sink;
  for (auto _ : state) {
    NoiseReduction stages{rules(), zones, sink};
    for (std::int64_t i = 0; i < kEvents; ++i) {
      Event event = *parse_event(texts[static_cast<std::size_t>(i) % texts.size()], kStart);
      event.time = kStart + i * 10ms;
      event.job_id = 1 + i;
      stages.take(std::move(event), kStart + i * 10ms);
    }
    stages.finish(kStart + kEvents * 10ms);
  }
  report(state, before);
  state.counters["messages"] = sink.messages;
}

BENCHMARK(events_alone)->Arg(all_failed)->Arg(half_passed)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_alone)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(four_stages)->Arg(all_failed)->Arg(half_passed)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_and_four_stages)
    ->Arg(all_failed)
    ->Arg(half_passed)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace runneriq::alerting

BENCHMARK_MAIN();
