#include "alerting/routing.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostRoutes = 500;
constexpr int kDeepest = 20;
constexpr std::string_view kRoot = "root";

using Children = std::map<std::string_view, std::vector<const RouteOptions*>>;  // by the parent's name

tl::unexpected<Error> refused(std::string message) {
  return fail(Errc::invalid_argument, std::move(message));
}

std::string_view parent_of(const RouteOptions& route) {
  return route.under.empty() ? kRoot : std::string_view{route.under};
}

Result<Children> children_by_parent(const std::vector<RouteOptions>& routes) {
  if (routes.size() > kMostRoutes) {
    return refused(std::to_string(routes.size()) + " routes are too many: write at most " +
                   std::to_string(kMostRoutes));
  }
  Children children{{kRoot, {}}};
  for (const RouteOptions& route : routes) {
    if (!children.try_emplace(route.name).second) {
      return refused("two routes are named " + quoted_text(route.name) + ": rename one of them");
    }
  }
  for (const RouteOptions& route : routes) {
    const auto parent = children.find(parent_of(route));
    if (parent == children.end()) {
      return refused("route " + quoted_text(route.name) + " is under " + quoted_text(route.under) +
                     ", which is no route: name one that is, or leave `under` out");
    }
    parent->second.push_back(&route);
  }
  return children;
}

Route heir(const Route& parent, const RouteOptions& route) {
  Route made = parent;
  made.path = parent.path + "/" + route.name;
  if (route.receiver) made.receiver = *route.receiver;
  if (route.group_by) made.group_by = *route.group_by;
  if (route.wait) made.wait = *route.wait;
  if (route.interval) made.interval = *route.interval;
  if (route.repeat) made.repeat = *route.repeat;
  if (route.active) made.active = *route.active;
  if (route.digest) made.digest = *route.digest;
  return made;
}

const Matcher* equality_on(const Matchers& matchers, Label label) {
  const auto found = std::ranges::find_if(matchers.all(), [&](const Matcher& matcher) {
    return matcher.label() == label && !matcher.only_value().empty();
  });
  return found == matchers.all().end() ? nullptr : &*found;
}

// The label of which most children want one value.
Label label_of_most(const std::vector<const RouteOptions*>& children) {
  std::array<std::size_t, kLabelCount> counts{};
  for (const RouteOptions* child : children) {
    for (std::size_t label = 0; label < kLabelCount; ++label) {
      if (equality_on(child->match, static_cast<Label>(label)) != nullptr) ++counts[label];
    }
  }
  return static_cast<Label>(std::ranges::max_element(counts) - counts.begin());
}

}  // namespace

class RouteTree::Builder {
 public:
  Builder(RouteTree& tree, const Children& children) : tree_(tree), children_(children) {}

  // The route, then those below it; gives its place.
  Result<std::size_t> add(Route route, const RouteOptions& options, int depth) {
    if (depth > kDeepest) {
      return refused("route " + quoted_text(options.name) + " is more than " + std::to_string(kDeepest) +
                     " routes deep: move it up");
    }
    const std::size_t place = tree_.routes_.size();
    tree_.routes_.push_back(std::move(route));
    tree_.nodes_.push_back({.match = options.match, .go_on = options.go_on, .by_value = {}, .others = {}});
    if (auto added = add_children(place, depth == 0 ? kRoot : std::string_view{options.name}, depth);
        !added) {
      return fail(std::move(added.error()));
    }
    return place;
  }

 private:
  Result<void> add_children(std::size_t place, std::string_view name, int depth) {
    const auto& children = children_.at(name);
    const Label label = label_of_most(children);
    tree_.nodes_[place].label = label;
    for (const RouteOptions* child : children) {
      const auto added = add(heir(tree_.routes_[place], *child), *child, depth + 1);
      if (!added) return fail(added.error());
      const Matcher* equality = equality_on(child->match, label);
      Node& node = tree_.nodes_[place];
      (equality == nullptr ? node.others : node.by_value[std::string(equality->only_value())])
          .push_back(*added);
    }
    return {};
  }

  RouteTree& tree_;
  const Children& children_;
};

RouteTree::RouteTree() : nodes_(1) {
  routes_.emplace_back().path = kRoot;
  routes_.front().receiver = "default";
}

Result<RouteTree> RouteTree::make(Route root, std::vector<RouteOptions> routes) {
  const auto children = children_by_parent(routes);
  if (!children) return fail(children.error());
  RouteTree tree;
  tree.routes_.clear();
  tree.nodes_.clear();
  root.path = kRoot;
  if (auto built = Builder{tree, *children}.add(std::move(root), {}, 0); !built) {
    return fail(std::move(built.error()));
  }
  if (tree.routes_.size() == routes.size() + 1) return tree;
  const auto lost = std::ranges::find_if(routes, [&](const RouteOptions& route) {
    return std::ranges::none_of(
        tree.routes_, [&](const Route& reached) { return reached.path.ends_with("/" + route.name); });
  });
  return refused("route " + quoted_text(lost->name) +
                 " is under itself by way of its parents: put one of them under root");
}

std::vector<const Route*> RouteTree::match(const LabelValues& labels) const {
  std::vector<const Route*> matched;
  collect(0, labels, matched);
  return matched;
}

void RouteTree::collect(std::size_t at, const LabelValues& labels, std::vector<const Route*>& matched) const {
  const Node& node = nodes_[at];
  const std::size_t before = matched.size();
  // Gives whether the next sibling is to be tried.
  const auto try_child = [&](std::size_t child) {
    if (!nodes_[child].match.match(labels)) return true;
    collect(child, labels, matched);
    return nodes_[child].go_on;
  };
  static const std::vector<std::size_t> kNone;
  const auto found = node.by_value.empty() ? node.by_value.end() : node.by_value.find(labels[node.label]);
  const auto& wanted = found == node.by_value.end() ? kNone : found->second;
  auto one = wanted.begin();
  auto other = node.others.begin();
  bool more = true;
  while (more && (one != wanted.end() || other != node.others.end())) {
    const bool first = other == node.others.end() || (one != wanted.end() && *one < *other);
    more = try_child(first ? *one++ : *other++);
  }
  if (matched.size() == before) matched.push_back(&routes_[at]);
}

const Route* RouteTree::find(std::string_view path) const {
  const auto found = std::ranges::find(routes_, path, &Route::path);
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace runneriq::alerting
