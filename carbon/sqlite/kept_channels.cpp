#include "carbon/sqlite/kept_channels.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <cstddef>
#include <map>

namespace runneriq::carbon {
namespace {

using platform::Database;
using platform::Statement;

ChannelKey key_in(const Statement& row) {
  return {row.text(0), ZoneKey{row.text(1)}};
}

Channel channel_in(const Statement& row) {
  return {.key = key_in(row),
          .tokens = row.real(2),
          .tokens_at = platform::time_in(row, 3),
          .wants = {},
          .trouble = row.text(4)};
}

WantState want_in(const Statement& row) {
  return {.answered = platform::optional_time_in(row, 3),
          .failures = static_cast<int>(row.integer(4)),
          .refusals = static_cast<int>(row.integer(5)),
          .not_before = platform::optional_time_in(row, 6)};
}

Result<void> read_wants(Database& database, std::map<ChannelKey, Channel>& channels) {
  return platform::each_row(
      database.query("SELECT source, zone, want, answered, failures, refusals, not_before FROM wants"),
      [&](const Statement& row) {
        const auto found = channels.find(key_in(row));
        const auto want = static_cast<std::size_t>(row.integer(2));
        if (found == channels.end() || want >= found->second.wants.size()) return;
        found->second.wants[want] = want_in(row);
      });
}

Result<void> put_want(Database& database, const ChannelKey& key, std::size_t want, const WantState& state) {
  return database.execute("REPLACE INTO wants VALUES (?, ?, ?, ?, ?, ?, ?)", key.source, key.zone.value(),
                          want, platform::column_of(state.answered), state.failures, state.refusals,
                          platform::column_of(state.not_before));
}

}  // namespace

Result<std::vector<Channel>> kept_channels(Database& database) {
  std::map<ChannelKey, Channel> channels;
  auto read =
      platform::each_row(database.query("SELECT source, zone, tokens, tokens_at, trouble FROM channels"),
                         [&](const Statement& row) { channels.emplace(key_in(row), channel_in(row)); });
  if (!read) return fail(std::move(read.error()));
  if (auto wants = read_wants(database, channels); !wants) return fail(std::move(wants.error()));
  std::vector<Channel> in_order;
  in_order.reserve(channels.size());
  for (auto& [key, channel] : channels) in_order.push_back(std::move(channel));
  return in_order;
}

Result<void> put_channel(Database& database, const Channel& channel) {
  auto put = database.execute("REPLACE INTO channels VALUES (?, ?, ?, ?, ?)", channel.key.source,
                              channel.key.zone.value(), channel.tokens,
                              platform::column_of(channel.tokens_at), channel.trouble);
  for (std::size_t want = 0; put && want < channel.wants.size(); ++want) {
    put = put_want(database, channel.key, want, channel.wants[want]);
  }
  return put;
}

}  // namespace runneriq::carbon
