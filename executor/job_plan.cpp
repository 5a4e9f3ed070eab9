#include "executor/job_plan.hpp"

#include "core/json_text.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace runneriq::executor {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLargestPlan = 4 * 1024 * 1024;
constexpr int kDeepestPlan = 8;
constexpr const char* kBytes = "bytes";  // member of an object that stands for text that is no UTF-8

constexpr std::array kDriverKinds{DriverKind::bubblewrap, DriverKind::shell, DriverKind::podman,
                                  DriverKind::chain};

// The members of each struct, once for both directions: an Archive writes or reads them.
template <class Archive>
void describe(Archive& archive, scheduler::JobKey& key) {
  archive("gitlab", key.gitlab);
  archive("job", key.job);
}

template <class Archive>
void describe(Archive& archive, scheduler::HistoryKey& key) {
  archive("gitlab", key.gitlab);
  archive("project", key.project);
  archive("job_name", key.job_name);
  archive("stage", key.stage);
}

template <class Archive>
void describe(Archive& archive, Account& account) {
  archive("name", account.name);
  archive("uid", account.uid);
  archive("gid", account.gid);
  archive("groups", account.groups);
  archive("home", account.home);
}

template <class Archive>
void describe(Archive& archive, gitlab::ServiceImage& service) {
  archive("name", service.name);
  archive("alias", service.alias);
  archive("entrypoint", service.entrypoint);
  archive("command", service.command);
}

template <class Archive>
void describe(Archive& archive, EnergyOptions& energy) {
  archive("measure", energy.measure);
  archive("idle_watts_per_core", energy.power.idle_watts_per_core);
  archive("full_watts_per_core", energy.power.full_watts_per_core);
}

template <class Archive>
void describe(Archive& archive, JobPlan& plan) {
  archive("driver", plan.driver);
  archive("attempt", plan.attempt);
  archive("key", plan.key);
  archive("history", plan.history);
  archive("builds_dir", plan.builds_dir);
  archive("cache_dir", plan.cache_dir);
  archive("private_dir", plan.private_dir);
  archive("account", plan.account);
  archive("drop_privileges", plan.drop_privileges);
  archive("environment", plan.environment);
  archive("kill_grace", plan.kill_grace);
  archive("cgroups", plan.cgroups);
  archive("driver_notes", plan.driver_notes);
  archive("energy", plan.energy);
  archive("image", plan.image);
  archive("image_entrypoint", plan.image_entrypoint);
  archive("services", plan.services);
  archive("service_socket", plan.service_socket);
  archive("slots", plan.slots);
  archive("runner", plan.runner);
  archive("service_given_up", plan.service_given_up);
  archive("score", plan.score);
  archive("job_class", plan.job_class);
  archive("queued_in_gitlab", plan.queued_in_gitlab);
  archive("held", plan.held);
  archive("admitted", plan.admitted);
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.append(1, digits[byte >> 4U]).append(1, digits[byte & 0x0FU]);
  }
  return hex;
}

bool from_hex(std::string_view hex, std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  bytes.clear();
  if (hex.size() % 2 != 0) return false;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const std::size_t high = digits.find(hex[at]);
    const std::size_t low = digits.find(hex[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes.push_back(static_cast<char>(high << 4U | low));
  }
  return true;
}

class Writer {
 public:
  template <class T>
  void operator()(const char* key, T& field) {
    object_[key] = written(field);
  }
  [[nodiscard]] static Json object(auto& described) {
    Writer writer;
    describe(writer, described);
    return std::move(writer.object_);
  }

 private:
  // Paths and values of the environment must come back byte for byte, whatever they hold.
  static Json written(const std::string& text) {
    return is_utf8(text) ? Json(text) : Json{{kBytes, to_hex(text)}};
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  static Json written(T number) { return number; }
  template <class T>
  requires std::is_enum_v<T>
  static Json written(T value) { return static_cast<int>(value); }
  static Json written(DriverKind kind) { return to_text(kind); }
  static Json written(Duration duration) { return duration.count(); }
  static Json written(Time time) { return time.time_since_epoch().count(); }
  template <class Tag, class Rep>
  static Json written(const Id<Tag, Rep>& id) {
    return written(id.value());
  }
  template <class T>
  static Json written(std::optional<T>& value) {
    return value ? written(*value) : Json();
  }
  template <class T>
  static Json written(std::vector<T>& list) {
    Json array = Json::array();
    for (auto& entry : list) array.push_back(written(entry));
    return array;
  }
  static Json written(DriverNotes& notes) {
    Json object = Json::object();
    for (auto& [key, list] : notes) object[key] = written(list);
    return object;
  }
  template <class T>
  requires requires(Writer& writer, T& value) { describe(writer, value); }
  static Json written(T& value) { return object(value); }

  Json object_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  // An absent member keeps its default.
  template <class T>
  void operator()(const char* key, T& field) {
    const auto member = object_.find(key);
    if (member == object_.end() || member->is_null() || !wrong_.empty()) return;
    if (!take(*member, field)) wrong_ = key;
  }
  // The first member that could not be read; "" when all could.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  static bool take(const Json& json, std::string& text) {
    if (json.is_object() && json.contains(kBytes) && json[kBytes].is_string()) {
      return from_hex(json[kBytes].get_ref<const std::string&>(), text);
    }
    if (!json.is_string()) return false;
    text = json.get_ref<const std::string&>();
    return true;
  }
  static bool take(const Json& json, bool& value) {
    if (json.is_boolean()) value = json.get<bool>();
    return json.is_boolean();
  }
  static bool take(const Json& json, double& value) {
    if (json.is_number()) value = json.get<double>();
    return json.is_number() && std::isfinite(value);
  }
  template <std::integral T>
  static bool take(const Json& json, T& value) {
    if (!json.is_number_integer()) return false;
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      return false;
    }
    const auto number = json.get<std::int64_t>();
    if (!std::in_range<T>(number)) return false;
    value = static_cast<T>(number);
    return true;
  }
  static bool take(const Json& json, scheduler::JobClass& job_class) {
    int number = -1;
    if (!take(json, number)) return false;
    for (const scheduler::JobClass known : scheduler::kJobClasses) {
      if (static_cast<int>(known) == number) return job_class = known, true;
    }
    return false;
  }
  static bool take(const Json& json, EnergyMeasure& measure) {
    int number = -1;
    if (!take(json, number)) return false;
    for (const EnergyMeasure known : {EnergyMeasure::automatic, EnergyMeasure::off}) {
      if (static_cast<int>(known) == number) return measure = known, true;
    }
    return false;
  }
  static bool take(const Json& json, DriverKind& kind) {
    for (const DriverKind known : kDriverKinds) {
      if (json == to_text(known)) return kind = known, true;
    }
    return false;
  }
  static bool take(const Json& json, Duration& duration) {
    std::int64_t milliseconds = 0;
    if (!take(json, milliseconds)) return false;
    duration = Duration{milliseconds};
    return true;
  }
  static bool take(const Json& json, Time& time) {
    Duration since_epoch{};
    if (!take(json, since_epoch)) return false;
    time = Time{since_epoch};
    return true;
  }
  template <class Tag, class Rep>
  static bool take(const Json& json, Id<Tag, Rep>& id) {
    Rep value{};
    if (!take(json, value)) return false;
    id = Id<Tag, Rep>{std::move(value)};
    return true;
  }
  template <class T>
  static bool take(const Json& json, std::optional<T>& value) {
    return take(json, value.emplace());
  }
  template <class T>
  static bool take(const Json& json, std::vector<T>& list) {
    if (!json.is_array()) return false;
    list.clear();
    list.reserve(json.size());
    for (const Json& entry : json) {
      if (!take(entry, list.emplace_back())) return false;
    }
    return true;
  }
  static bool take(const Json& json, DriverNotes& notes) {
    if (!json.is_object()) return false;
    for (const auto& [key, list] : json.items()) {
      if (!take(list, notes[key])) return false;
    }
    return true;
  }
  template <class T>
  requires requires(Reader& reader, T& value) { describe(reader, value); }
  static bool take(const Json& json, T& value) {
    if (!json.is_object()) return false;
    Reader reader{json};
    describe(reader, value);
    return reader.wrong().empty();
  }

  const Json& object_;
  std::string wrong_;
};

// Looks at brackets outside of strings only, before anything is built of the text.
bool is_nested_deeper(std::string_view json, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++at;
    if (in_string) continue;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > limit) return true;
  }
  return false;
}

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(Errc::invalid_argument, "the job plan " + std::string(why));
}

}  // namespace

std::string to_json(const JobPlan& plan) {
  JobPlan described = plan;  // describe() serves reading, too, and so takes what it may change
  return json_line(Writer::object(described));
}

Result<JobPlan> parse_job_plan(std::string_view json) {
  if (json.size() > kLargestPlan) return refuse("is larger than 4 MiB");
  if (is_nested_deeper(json, kDeepestPlan)) return refuse("is nested too deeply");
  const Json document = Json::parse(json.begin(), json.end(), nullptr, false);
  if (!document.is_object()) return refuse("is no JSON object");
  JobPlan plan;
  Reader reader{document};
  describe(reader, plan);
  if (!reader.wrong().empty()) return refuse("has an unusable member '" + reader.wrong() + "'");
  return plan;
}

}  // namespace runneriq::executor
