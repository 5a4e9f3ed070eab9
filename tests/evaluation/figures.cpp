#include "tests/evaluation/figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

namespace runneriq::evaluation {
namespace {

// Ends with the program, as testing::AddGlobalTestEnvironment() wants it.
class Table : public testing::Environment {
 public:
  void add(Figure figure) { figures_.push_back(std::move(figure)); }
  void TearDown() override {
    if (figures_.empty()) return;
    print({"carbon on recorded traces", "ours", "beside it", Knowledge::past}, "knowledge");
    for (const Figure& figure : figures_) {
      print(figure, figure.knowledge == Knowledge::perfect ? "perfect" : "past only");
    }
  }

 private:
  [[nodiscard]] int width(std::string Figure::*column) const {
    std::size_t most = 25;
    for (const Figure& figure : figures_) most = std::max(most, (figure.*column).size());
    return static_cast<int>(most);
  }
  void print(const Figure& figure, const char* knowledge) const {
    std::printf("%-*s  %-*s  %-9s  %s\n", width(&Figure::what), figure.what.c_str(), width(&Figure::ours),
                figure.ours.c_str(), knowledge, figure.beside.c_str());
  }

  std::vector<Figure> figures_;
};

Table* const table = dynamic_cast<Table*>(testing::AddGlobalTestEnvironment(new Table));

}  // namespace

void print_at_the_end(Figure figure) {
  table->add(std::move(figure));
}

std::string decimal(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share) {
  return decimal(100 * share, 1) + " %";
}

}  // namespace runneriq::evaluation
