#include "tests/evaluation/failure_classes.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace runneriq::evaluation {
namespace {

using diagnosis::FailureClass;

FailureClass class_named(const std::string& name) {
  const auto found = diagnosis::failure_class(name);
  if (!found) throw std::runtime_error{"no class of failures: " + name};
  return *found;
}

std::size_t index_of(FailureClass failure_class) {
  return static_cast<std::size_t>(failure_class);
}

template <class... Values>
std::string printed(const char* form, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, form, values...);
  return text;
}

std::string name_of(FailureClass failure_class) {
  return std::string{to_text(failure_class)};
}

bool is_defensible(const ClassLabel& label, FailureClass answer) {
  return answer == label.failure_class || answer == label.second;
}

}  // namespace

std::map<std::string, ClassLabel> class_labels() {
  std::map<std::string, ClassLabel> labels;
  std::ifstream file{std::filesystem::path{RUNNERIQ_SOURCE_DIR} / "tests/evaluation/failure_classes.tsv"};
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells{line};
    std::string log, name, second, sure;
    if (!std::getline(cells, log, '\t') || !std::getline(cells, name, '\t') ||
        !std::getline(cells, second, '\t') || !std::getline(cells, sure, '\t'))
      throw std::runtime_error{"not four cells: " + line};
    ClassLabel& label = labels[log];
    label = {.failure_class = class_named(name), .second = std::nullopt, .is_sure = sure == "sure"};
    if (second != "-") label.second = class_named(second);
  }
  return labels;
}

void ClassScores::add(const ClassLabel& label, const diagnosis::Classification& answer) {
  const bool is_right = is_defensible(label, answer.failure_class);
  const bool is_unsure =
      answer.failure_class == FailureClass::unknown || answer.confidence < diagnosis::kUnsure;
  ++logs_;
  strict_ += answer.failure_class == label.failure_class ? 1 : 0;
  defensible_ += is_right ? 1 : 0;
  unsure_ += is_unsure ? 1 : 0;
  defensible_of_sure_ += is_right && !is_unsure ? 1 : 0;
  ++answers_.at(index_of(label.failure_class)).at(index_of(answer.failure_class));
  Bucket& bucket =
      buckets_.at(std::min(static_cast<std::size_t>(answer.confidence * kBuckets), kBuckets - 1));
  ++bucket.logs;
  bucket.right += is_right ? 1 : 0;
  bucket.confidence += answer.confidence;
}

std::string ClassScores::report() const {
  return figures() + per_class() + confusion() + calibration();
}

std::string ClassScores::figures() const {
  return printed(
      "%zu logs: right %.1f %%, or as the second label says %.1f %%; unsure %.1f %%, of the others right "
      "%.1f %%\n",
      logs_, strict() * 100, defensible() * 100, unsure() * 100, defensible_of_sure() * 100);
}

std::string ClassScores::per_class() const {
  std::string text = "class            labelled  answered  recall  precision\n";
  for (const FailureClass one : diagnosis::failure_classes()) {
    std::size_t labelled = 0, answered = 0;
    for (std::size_t i = 0; i < diagnosis::kFailureClasses; ++i) {
      labelled += answers_.at(index_of(one)).at(i);
      answered += answers_.at(i).at(index_of(one));
    }
    if (labelled + answered == 0) continue;
    const std::size_t right = answers_.at(index_of(one)).at(index_of(one));
    text += printed("%-15s %9zu %9zu %7.2f %10.2f\n", name_of(one).c_str(), labelled, answered,
                    share(right, labelled), share(right, answered));
  }
  return text;
}

std::string ClassScores::confusion() const {
  std::string text = "label -> answer, where they differ\n";
  for (const FailureClass label : diagnosis::failure_classes()) {
    for (const FailureClass answer : diagnosis::failure_classes()) {
      const std::size_t count = answers_.at(index_of(label)).at(index_of(answer));
      if (count > 0 && label != answer)
        text += printed("%4zu  %s -> %s\n", count, name_of(label).c_str(), name_of(answer).c_str());
    }
  }
  return text;
}

std::string ClassScores::calibration() const {
  std::string text = "confidence  logs  right\n";
  for (const Bucket& bucket : buckets_) {
    if (bucket.logs > 0)
      text += printed("%10.2f %5zu %6.2f\n", bucket.confidence / static_cast<double>(bucket.logs),
                      bucket.logs, share(bucket.right, bucket.logs));
  }
  return text;
}

}  // namespace runneriq::evaluation
