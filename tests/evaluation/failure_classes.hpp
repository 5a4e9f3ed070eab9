// How often the class of a failure is right, on logs whose class people told from the labelled lines alone.
#pragma once

#include "diagnosis/classification.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::evaluation {

struct ClassLabel {
  diagnosis::FailureClass failure_class = diagnosis::FailureClass::unknown;
  std::optional<diagnosis::FailureClass> second;  // that one may defend as well
  bool is_sure = true;                            // of the label, said the one who gave it
};
// Of tests/evaluation/failure_classes.tsv (log, class, second or "-", sure or unsure), by log. Empty where it
// is not there; throws when it cannot be read.
std::map<std::string, ClassLabel> class_labels();

class ClassScores {
 public:
  void add(const ClassLabel& label, const diagnosis::Classification& answer);
  [[nodiscard]] std::size_t logs() const { return logs_; }
  // Of all logs: the class told first; that or the second. 0..1.
  [[nodiscard]] double strict() const { return share(strict_, logs_); }
  [[nodiscard]] double defensible() const { return share(defensible_, logs_); }
  // Answers that are `unknown` or below kUnsure: these need a model.
  [[nodiscard]] double unsure() const { return share(unsure_, logs_); }
  [[nodiscard]] double defensible_of_sure() const { return share(defensible_of_sure_, logs_ - unsure_); }
  // All of it, for people: figures, per class, confusion, calibration.
  [[nodiscard]] std::string report() const;

 private:
  static double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  [[nodiscard]] std::string figures() const;
  [[nodiscard]] std::string per_class() const;
  [[nodiscard]] std::string confusion() const;
  [[nodiscard]] std::string calibration() const;

  static constexpr std::size_t kBuckets = 10;  // of confidence
  struct Bucket {
    std::size_t logs = 0, right = 0;
    double confidence = 0;
  };
  std::size_t logs_ = 0, strict_ = 0, defensible_ = 0, unsure_ = 0, defensible_of_sure_ = 0;
  std::array<std::array<std::size_t, diagnosis::kFailureClasses>, diagnosis::kFailureClasses> answers_{};
  std::array<Bucket, kBuckets> buckets_{};
};

}  // namespace runneriq::evaluation
