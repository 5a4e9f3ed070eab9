#include "scheduler/explanation.hpp"

#include "core/printable.hpp"

#include <cstdio>

namespace runneriq::scheduler {
namespace {

std::string one_decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

}  // namespace

std::string describe(const Priority& priority) {
  std::string sentence =
      "priority " + one_decimal(priority.score) + " " + std::string(to_text(priority.job_class));
  const char* separator = ": ";
  for (const Factor& factor : priority.factors) {
    sentence += separator + factor.name + " " + one_decimal(factor.points) + " (" +
                printable(factor.reason, 80) + ")";
    separator = ", ";
  }
  return sentence;
}

}  // namespace runneriq::scheduler
