// The one result type. Expected trouble (network, file, user input) travels as a
// Result; a broken promise inside the program is an exception or an assert.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace runneriq {

// Few kinds, chosen by what the caller does next.
enum class Errc {
  invalid_argument,  // tell the user: the input is wrong
  not_found,         // go on without it
  permission,        // tell the administrator
  timed_out,         // retry, or go on without it
  unavailable,       // go on without it: the floor is GitLab's own order
  corrupt,           // move aside and start anew
  newer_schema,      // written by a later version: leave untouched
  conflict,          // someone else was first
};

struct Error {
  Errc code = Errc::invalid_argument;
  std::string message;  // a sentence with the bad value and, where there is one, the remedy

  [[nodiscard]] Error within(std::string_view outer) && {
    return {code, std::string(outer) + ": " + std::move(message)};
  }
};

// A class and not an alias, so that a dropped Result does not compile.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace runneriq
