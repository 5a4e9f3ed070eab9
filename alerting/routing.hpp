// Who gets what: a tree of routes. Pure.
#pragma once

#include "alerting/active_time.hpp"
#include "alerting/matcher.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runneriq::alerting {

enum class DigestPeriod { none, daily, weekly };

// What is not told (none) is inherited from the parent; the root has it all.
struct RouteOptions {
  std::string name;
  std::string under;  // the parent's name; "" and "root" = the root
  Matchers match;
  bool go_on = false;  // `continue`: later siblings are tried, too
  std::optional<std::string> receiver;
  std::optional<std::vector<Label>> group_by;
  std::optional<Duration> wait, interval, repeat;
  std::optional<ActiveTime> active;
  std::optional<DigestPeriod> digest;
};

// A route with all that it inherits.
struct Route {
  std::string path;  // "root", "root/production/database"
  std::string receiver;
  std::vector<Label> group_by;
  Duration wait{}, interval{}, repeat{};
  ActiveTime active;
  DigestPeriod digest = DigestPeriod::none;
};

class RouteTree {
 public:
  // The root alone, for the receiver "default".
  RouteTree();
  // `routes` in the order of the configuration; at most 500, 20 deep below the root, whose path is "root"
  // whatever `root` says.
  // Error: invalid_argument: a parent that does not exist, a circle, two of one name.
  static Result<RouteTree> make(Route root, std::vector<RouteOptions> routes);
  // Depth first; the first child that matches, and those after it as long as `continue` is said. A route of
  // which no child matches takes it itself. At least one; valid as long as the tree.
  [[nodiscard]] std::vector<const Route*> match(const LabelValues& labels) const;
  // The root first, each route before those below it.
  [[nodiscard]] std::span<const Route> all() const { return routes_; }
  [[nodiscard]] const Route* find(std::string_view path) const;

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  // Children in order. Those that want one value of `label` are found by it, so that a hundred teams cost no
  // more than one; the others are tried on every event.
  struct Node {
    Matchers match;
    bool go_on = false;
    Label label = Label::project;
    std::unordered_map<std::string, std::vector<std::size_t>, TextHash, std::equal_to<>> by_value;
    std::vector<std::size_t> others;
  };
  class Builder;
  void collect(std::size_t at, const LabelValues& labels, std::vector<const Route*>& matched) const;

  std::vector<Route> routes_;
  std::vector<Node> nodes_;  // of each
};

}  // namespace runneriq::alerting
