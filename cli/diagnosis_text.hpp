// Diagnoses for people at a terminal.
#pragma once

#include "cli/session.hpp"
#include "cli/tick_text.hpp"
#include "diagnosis/inquiry.hpp"

#include <string>

namespace runneriq::cli {

std::string diagnosis_text(const diagnosis::Diagnosis& diagnosis, Colour colour);
std::string diagnosis_text(const diagnosis::PipelineDiagnosis& found, Colour colour);
// "tokens of today: 1200 of 50000"; "" without a budget.
std::string token_text(const std::optional<TokenUse>& budget);

}  // namespace runneriq::cli
