// A fact with its last good value, for when GitLab does not answer.
#pragma once

#include "core/result.hpp"
#include "gitlab/fleet_reader.hpp"

#include <optional>
#include <string>
#include <utility>

namespace runneriq::gitlab {

template <class T>
class Cached {
 public:
  [[nodiscard]] const std::optional<T>& value() const { return value_; }
  [[nodiscard]] std::optional<Time> read_at() const { return read_at_; }

  void keep(T value, Time now) {
    value_ = std::move(value);
    read_at_ = now;
    refusals_ = 0;
    trouble_.reset();
  }
  // The value stays as it was.
  void miss(Error why, Time now) {
    trouble_ = std::move(why);
    missed_at_ = now;
  }
  // GitLab says that there is no such thing for us (403, 404). Said twice running, it is believed
  // and the value goes; said ten times, it is asked for every `kLongRest` only.
  void refuse(Error why, Time now) {
    miss(std::move(why), now);
    if (++refusals_ >= kBelieved) value_.reset();
  }
  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }
  [[nodiscard]] bool refused() const { return refusals_ >= kBelieved; }

  // Whether to ask again: never read, older than `lifetime`, or read in what is now the future.
  [[nodiscard]] bool due(Duration lifetime, Time now) const {
    if (refusals_ >= kLasting && now >= missed_at_ && now - missed_at_ < kLongRest) return false;
    return trouble_ || !read_at_ || now < *read_at_ || now - *read_at_ >= lifetime;
  }

  // What to say about it when the last try failed.
  [[nodiscard]] std::optional<Stale> stale(std::string what, Time now) const {
    if (!trouble_) return std::nullopt;
    Stale stale{
        .what = std::move(what), .why = trouble_->message, .age = std::nullopt, .code = trouble_->code};
    if (value_ && read_at_) stale.age = std::max(Duration{0}, now - *read_at_);
    return stale;
  }

 private:
  static constexpr int kBelieved = 2;
  static constexpr int kLasting = 10;
  static constexpr Duration kLongRest = std::chrono::minutes{10};

  std::optional<T> value_;
  std::optional<Time> read_at_;
  std::optional<Error> trouble_;  // of the last try, if it failed
  Time missed_at_;
  int refusals_ = 0;  // running
};

}  // namespace runneriq::gitlab
