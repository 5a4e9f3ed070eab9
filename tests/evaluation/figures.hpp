// The table of an evaluation: our figures beside those that others have published or that a plain rule gives.
#pragma once

#include <string>

namespace runneriq::evaluation {

enum class Knowledge {
  perfect,  // the intensities of the hours to come are known
  past,     // only what had been measured
};

struct Figure {
  std::string what;
  std::string ours;
  std::string beside;  // "47.4 %: best zone of each hour"; "" = nothing to compare with
  Knowledge knowledge;
};

// The table is printed when all tests have run.
void print_at_the_end(Figure figure);

std::string percent(double share);  // "47.4 %"
std::string decimal(double value, int digits);

}  // namespace runneriq::evaluation
