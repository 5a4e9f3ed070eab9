#pragma once

namespace runneriq {

// Visits a std::variant by one lambda per alternative; a forgotten one does not compile.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace runneriq
