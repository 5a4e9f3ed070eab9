#include "simulation/load.hpp"

#include "simulation/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace runneriq::simulation {
namespace {

constexpr double kSwing = 0.6;
constexpr double kDaySeconds = 86'400;
constexpr double kWorkingSeconds = 9 * 3600.0;

enum Stream : std::uint64_t { kArrivalStream = 1, kClassStream, kLengthStream, kEstimateStream, kPoolStream };

Duration from_seconds(double seconds) {
  return Duration{std::max<std::int64_t>(1, std::llround(seconds * 1000))};
}

double pipeline_mean(const LoadModel& model) {
  const bool single = model.arrivals == Arrivals::poisson || model.arrivals == Arrivals::diurnal;
  return single ? 1 : model.pipeline_jobs;
}

// When the next pipeline (or single job) comes, and of how many jobs it is.
class ArrivalProcess {
 public:
  ArrivalProcess(const LoadModel& model, std::uint64_t seed)
      : model_(model), random_(seed, kArrivalStream), gap_(gap_of(model)) {}

  double next_seconds() {
    do {
      now_ += random_.exponential(model_.arrivals == Arrivals::diurnal ? gap_ / (1 + kSwing) : gap_);
    } while (model_.arrivals == Arrivals::diurnal && !is_kept());
    return model_.arrivals == Arrivals::day ? on_a_working_day(now_) : now_;
  }

  std::uint64_t next_size() {
    if (pipeline_mean(model_) <= 1) return 1;
    if (model_.arrivals == Arrivals::pipelines) {
      return static_cast<std::uint64_t>(std::lround(model_.pipeline_jobs));
    }
    return random_.geometric(model_.pipeline_jobs);
  }

 private:
  // Mean seconds between two pipelines. On a working day the clock runs evenly over the working hours.
  static double gap_of(const LoadModel& model) {
    if (model.arrivals == Arrivals::day) return kWorkingSeconds * model.pipeline_jobs / model.jobs_a_day;
    return pipeline_mean(model) * mean_seconds(model) / (model.load * model.slots);
  }

  // Thinning of a Poisson process of the highest rate.
  bool is_kept() {
    const double swing = kSwing * std::sin(2 * std::numbers::pi * now_ / kDaySeconds);
    return random_.uniform() * (1 + kSwing) < 1 + swing;
  }

  // The share s of a day's arrivals has come by s + 0.6 sin(2πs) / 2π of its hours: they come 2.5 times as
  // densely in the middle of the day as on average, and 0.6 times at its ends.
  static double on_a_working_day(double working) {
    const double day = std::floor(working / kWorkingSeconds);
    const double share = working / kWorkingSeconds - day;
    const double bent = share + kSwing * std::sin(2 * std::numbers::pi * share) / (2 * std::numbers::pi);
    return day * kDaySeconds + bent * kWorkingSeconds;
  }

  const LoadModel& model_;
  Random random_;
  double gap_;
  double now_ = 0;
};

class JobMaker {
 public:
  JobMaker(const LoadModel& model, std::uint64_t seed)
      : model_(model),
        class_(seed, kClassStream),
        length_(seed, kLengthStream),
        estimate_(seed, kEstimateStream),
        pool_(seed, kPoolStream) {}

  const ClassLoad& next_class() {
    double left = class_.uniform();
    for (const ClassLoad& row : model_.classes) {
      if (left < row.share) return row;
      left -= row.share;
    }
    return model_.classes.back();
  }

  PoolKind next_pool() {
    return pool_.uniform() < model_.special_share ? PoolKind::special : PoolKind::general;
  }

  SimulatedJob next(const ClassLoad& row) {
    const double seconds = length_of(row);
    return {.length = from_seconds(seconds),
            .expected = from_seconds(seconds * std::exp(model_.estimate_error * estimate_.normal())),
            .job_class = row.job_class};
  }

 private:
  double length_of(const ClassLoad& row) {
    const double mean = static_cast<double>(row.mean.count()) / 1000;
    if (model_.law == LengthLaw::exponential) return length_.exponential(mean);
    return std::exp(std::log(mean) - row.sigma * row.sigma / 2 + row.sigma * length_.normal());
  }

  const LoadModel& model_;
  Random class_, length_, estimate_, pool_;
};

// Few very long jobs carry much of the work, so the drawn load is off by percents that waits feel: two tenths
// of the wait at a load of 0.7. The moments of arrival are stretched until it is the load that is asked for.
void stretch_to(const LoadModel& model, Jobs& jobs) {
  if (model.arrivals == Arrivals::day || jobs.empty()) return;
  double work = 0;
  for (const SimulatedJob& job : jobs) work += static_cast<double>(job.length.count());
  const double span = work / (model.load * model.slots);
  const double factor = span / static_cast<double>(jobs.back().arrived.count());
  for (SimulatedJob& job : jobs) {
    job.arrived = Duration{std::llround(static_cast<double>(job.arrived.count()) * factor)};
  }
}

}  // namespace

double mean_seconds(const LoadModel& model) {
  double shares = 0, work = 0;
  for (const ClassLoad& row : model.classes) {
    shares += row.share;
    work += row.share * static_cast<double>(row.mean.count()) / 1000;
  }
  return work / shares;
}

Jobs make_load(const LoadModel& model, std::uint64_t seed) {
  ArrivalProcess arrivals{model, seed};
  JobMaker maker{model, seed};
  Jobs jobs;
  jobs.reserve(static_cast<std::size_t>(model.jobs));
  for (std::int64_t pipeline = 1; jobs.size() < static_cast<std::size_t>(model.jobs); ++pipeline) {
    const Duration arrived = from_seconds(arrivals.next_seconds());
    const ClassLoad& row = maker.next_class();
    const PoolKind pool = maker.next_pool();
    for (std::uint64_t left = arrivals.next_size(); left > 0; --left) {
      if (jobs.size() == static_cast<std::size_t>(model.jobs)) break;
      SimulatedJob job = maker.next(row);
      job.arrived = arrived;
      job.pool = pool;
      job.pipeline = pipeline;
      jobs.push_back(job);
    }
  }
  stretch_to(model, jobs);
  return jobs;
}

}  // namespace runneriq::simulation
