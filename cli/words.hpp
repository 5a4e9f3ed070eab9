// Small texts that all renderings share.
#pragma once

#include "cli/tick_text.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

// A sentence or a name on one line that cannot move a cursor. One that is printable already stays as it
// is, so that nothing is escaped twice.
std::string on_one_line(std::string_view text);

// For a narrow column: "45s", "12m", "2h05m", "3d04h".
std::string short_reading(Duration duration);

// "95.0"
std::string one_decimal(double number);

// The escape sequence for a class ("CRITICAL"); "" without colour.
std::string_view paint_of(std::string_view job_class, Colour colour);
// The class in its colour.
std::string class_text(std::string_view job_class, Colour colour);

// "1 job", "2 jobs"
std::string counted(std::int64_t number, std::string_view noun);

// Members of a document, for people.
std::string named_at(const nlohmann::json& object, const char* key);  // on one line
std::string whole_at(const nlohmann::json& object, const char* key);
Duration seconds_at(const nlohmann::json& object, const char* key);
std::vector<std::string> sentences_at(const nlohmann::json& object, const char* key);

}  // namespace runneriq::cli
