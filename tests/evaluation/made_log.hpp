// Text as of a job's log, made by chance, without any secret.
#pragma once

#include "tests/evaluation/secret_samples.hpp"

#include <string>

namespace runneriq::evaluation {

// Of at least `length` bytes, in whole lines.
std::string made_log(SampleMaker& maker, std::size_t length);

}  // namespace runneriq::evaluation
