// What vendors say in the bodies of their replies. All of it is hostile: a proxy may stand between. Pure.
#pragma once

#include "alerting/receiver.hpp"
#include "core/secret.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace runneriq::alerting {

// The object that the body is; an empty object for all else. Never throws.
nlohmann::json reply_object(std::string_view body);
// A member that is text; "" for all else.
std::string text_member(const nlohmann::json& object, std::string_view name);
// A number of digits, or `extra` characters between them, of at most 40 characters; "" for all else: it will
// stand in an address.
std::string plain_handle(std::string_view text, std::string_view extra = {});

// The vendor's own words behind ours, printable and at most 120 bytes; without them where they hold the
// secret, or a piece of it of eight bytes or more.
DeliveryReply with_words(DeliveryReply reply, std::string_view words, const Secret& secret);

}  // namespace runneriq::alerting
