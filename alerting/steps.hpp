// What the stages said of an event so far, kept in one text.
#pragma once

#include "alerting/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

class Steps {
 public:
  Steps() = default;
  // As kept() gave it.
  explicit Steps(std::string kept) : kept_(std::move(kept)) {}
  void add(Stage stage, std::string_view words);
  [[nodiscard]] std::vector<Step> all() const;
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  std::string kept_;  // each: the stage's digit, its words, a record separator
};

}  // namespace runneriq::alerting
