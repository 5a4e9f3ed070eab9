#include "core/lower_case.hpp"
#include "core/printable.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/replies.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestWords = 200;
constexpr std::size_t kLongestBody = 64 * 1024;  // what stands behind it is not looked at
constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

// White space of any kind and length becomes one space.
std::string one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(kWhiteSpace));
    if (!line.empty() && !word.empty()) line += ' ';
    line += word;
    text.remove_prefix(word.size());
  }
  return line;
}

void append(std::string& words, std::string_view more, std::string_view separator) {
  if (!words.empty() && !more.empty()) words += separator;
  words += more;
}

bool is_long_enough(const std::string& words) {
  return words.size() > kLongestWords;
}

// {"tags_list": ["is too long", "is invalid"]} reads "tags_list: is too long, is invalid".
std::string words_of(const Json& value) {
  if (value.is_string()) return one_line(value.get_ref<const std::string&>());
  std::string words;
  if (value.is_array()) {
    for (const Json& element : value) {
      if (is_long_enough(words)) break;
      append(words, words_of(element), ", ");
    }
  }
  if (value.is_object()) {
    for (const auto& [key, element] : value.items()) {
      if (is_long_enough(words)) break;
      append(words, one_line(key) + ": " + words_of(element), "; ");
    }
  }
  return words;
}

// GraphQL's {"errors": [{"message": "…"}]}.
std::string words_of_errors(const Json& errors) {
  std::string words;
  for (const Json& error : errors) {
    if (is_long_enough(words)) break;
    append(words, words_of(error.is_object() ? member(error, "message") : error), ", ");
  }
  return words;
}

std::string words_of_document(const Json& document) {
  if (!document.is_object()) return words_of(document);
  std::string words = words_of(member(document, "message"));
  for (const std::string_view key : {"error", "error_description"}) {
    append(words, words_of(member(document, key)), ": ");
  }
  if (words.empty()) words = words_of_errors(member(document, "errors"));
  if (const std::string scope = text_in(document, "scope"); !scope.empty()) {
    append(words, "(scope: " + one_line(scope) + ")", " ");
  }
  return words;
}

std::size_t find_tag(std::string_view html, std::string_view name) {
  const auto found = std::search(html.begin(), html.end(), name.begin(), name.end(),
                                 [](char a, char b) { return lower_case(a) == b; });
  return found == html.end() ? std::string_view::npos : static_cast<std::size_t>(found - html.begin());
}

std::string title_of(std::string_view html) {
  const std::size_t tag = find_tag(html, "<title");
  const std::size_t begin = tag == std::string_view::npos ? tag : html.find('>', tag);
  if (begin == std::string_view::npos) return "";
  const std::string_view text = html.substr(begin + 1);
  return one_line(text.substr(0, find_tag(text, "</title")));
}

bool is_html(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  return first != std::string_view::npos && text[first] == '<';
}

}  // namespace

std::string error_words(std::string_view body) {
  body = body.substr(0, kLongestBody);
  if (is_html(body)) return printable(title_of(body), kLongestWords);
  if (const Result<Json> document = read_value(body)) {
    return printable(words_of_document(*document), kLongestWords);
  }
  return printable(one_line(body), kLongestWords);
}

}  // namespace runneriq::gitlab
