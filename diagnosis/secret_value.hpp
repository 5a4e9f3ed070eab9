// Whether a value that follows the name of a secret looks like one. Pure.
#pragma once

#include <string_view>

namespace runneriq::diagnosis {

// What stands for a value that is not shown, or for none: "***", "$TOKEN", "<password>", "[MASKED]", "null".
bool is_no_secret(std::string_view value);

bool has_letter_and_digit(std::string_view value);
bool has_sign(std::string_view value);

// Small letters and capitals in turn, as in "JaAqGiNYoH".
bool mixes_letters(std::string_view value);

// "user:password" in base64, of .npmrc and of Docker's config.json: the ':' is seen in no sign, but what has
// padding, or mixes small letters, capitals and digits, is base64.
bool is_base64_of_credentials(std::string_view value);

}  // namespace runneriq::diagnosis
