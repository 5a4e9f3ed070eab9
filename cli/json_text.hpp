// JSON documents as text and back.
#pragma once

#include "core/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace runneriq::cli {

// ASCII only, so that no name in it can move a cursor; what is no UTF-8 becomes U+FFFD.
std::string pretty(const nlohmann::json& document);    // indented, with a newline at its end
std::string one_line(const nlohmann::json& document);  // canonical: keys sorted, no white space

// Error: corrupt, for what is no JSON object or nested deeper than any document of ours.
Result<nlohmann::json> parse_document(std::string_view text);

// Members of a document that may be another version's: "", 0, false and nothing for what is absent or
// of another type.
std::string text_at(const nlohmann::json& object, const char* key);
std::int64_t integer_at(const nlohmann::json& object, const char* key);
double number_at(const nlohmann::json& object, const char* key);
bool flag_at(const nlohmann::json& object, const char* key);
const nlohmann::json& list_at(const nlohmann::json& object, const char* key);
const nlohmann::json& object_at(const nlohmann::json& object, const char* key);

}  // namespace runneriq::cli
