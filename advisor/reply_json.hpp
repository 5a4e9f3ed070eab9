// What providers reply, as JSON. All of it is hostile: a proxy may stand between. Pure; never throws.
#pragma once

#include "advisor/wire.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::advisor {

// The object that the body is; an empty one for all else, also for what nests deeper than any reply.
nlohmann::json reply_object(std::string_view body);
// Members; "" and none for what is absent or of another type. A count is not negative.
std::string text_member(const nlohmann::json& object, const char* name);
std::optional<std::int64_t> count_member(const nlohmann::json& object, const char* name);
const nlohmann::json& member(const nlohmann::json& object, const char* name);

// The first value of a header; "" for none.
std::string_view header(const WireReply& reply, std::string_view name);
// "retry-after-ms", else "retry-after" in seconds; none where neither is told, or is no number.
std::optional<Duration> asked_wait(const WireReply& reply);

// What a reply without an answer comes to, by its status alone; for both providers. `words` are theirs.
ModelReply failed_reply(const WireReply& reply, std::string_view words);

}  // namespace runneriq::advisor
