// A tick, a queue and an explanation for people: at most 80 columns where texts allow it, colour
// only on a terminal, text of GitLab escaped. Made from the documents, so that both say the same.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace runneriq::cli {

enum class Colour { off, on };

std::string tick_text(const nlohmann::json& tick, Colour colour);
std::string status_text(const nlohmann::json& status, Colour colour);
std::string queue_text(const nlohmann::json& queue, Colour colour);
std::string explanation_text(const nlohmann::json& explanation, Colour colour);

}  // namespace runneriq::cli
