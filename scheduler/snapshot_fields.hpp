// Reads the fields of a snapshot's JSON objects by name; says of each bad value where it stands.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// What is wrong with a document, as far as it has been read.
struct SnapshotTrouble {
  std::optional<Error> first;     // invalid_argument: "jobs[3].queued_seconds: must be …, got …"
  std::set<std::string> unknown;  // fields that nobody asked for, "jobs[].colour"
};

// The fields of one object. A field that is missing or null has its default; one of another kind is
// trouble. What was not asked for until the end of this is unknown.
class SnapshotFields {
 public:
  // `object` and `trouble` must outlive this. Something else than an object is trouble.
  SnapshotFields(const nlohmann::json& object, std::string path, SnapshotTrouble& trouble);
  SnapshotFields(const SnapshotFields&) = delete;
  SnapshotFields& operator=(const SnapshotFields&) = delete;
  ~SnapshotFields();

  [[nodiscard]] bool has(std::string_view name);
  std::string text(std::string_view name, std::string_view otherwise = "");
  std::optional<std::string> optional_text(std::string_view name);
  bool flag(std::string_view name, bool otherwise);
  std::int64_t number(std::string_view name, std::int64_t otherwise, std::int64_t low, std::int64_t high);
  double real(std::string_view name, double otherwise, double low, double high);
  std::int64_t id(std::string_view name, std::int64_t otherwise);  // a number or digits in a text
  std::optional<Duration> seconds(std::string_view name);          // 0 to ten years
  std::optional<double> share(std::string_view name);              // 0 to 1
  std::optional<Time> moment(std::string_view name);               // RFC 3339, or seconds since 1970
  std::vector<std::string> texts(std::string_view name);
  std::vector<std::string> sorted_texts(std::string_view name);  // each once
  std::vector<std::int64_t> ids(std::string_view name);          // sorted, each once
  std::vector<double> reals(std::string_view name);              // sorted

  // Whether the field holds an object; for those that may be something else, too.
  [[nodiscard]] bool is_object(std::string_view name);
  // Calls `read` with each object of a list, or with the one object.
  void each(std::string_view name, const std::function<void(SnapshotFields&)>& read);
  void one(std::string_view name, const std::function<void(SnapshotFields&)>& read);

  // "jobs[3].name: `what`"; the first trouble counts.
  void complain(std::string_view name, std::string_view what);

 private:
  const nlohmann::json* find(std::string_view name);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  const nlohmann::json* list(std::string_view name);
  template <class Value, class Read>
  std::vector<Value> values(std::string_view name, std::string_view kind, Read read);

  const nlohmann::json* object_;
  std::string path_;
  SnapshotTrouble& trouble_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace runneriq::scheduler
