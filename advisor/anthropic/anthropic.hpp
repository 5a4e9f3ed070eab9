// Anthropic's Messages API (anthropic-version 2026-10-21): POST /v1/messages with structured output. No
// tools, no sampling parameters, no prefill: the newer models refuse them. No I/O.
#pragma once

#include "advisor/wire.hpp"

#include <string>

namespace runneriq::advisor {

class Anthropic final : public Wire {
 public:
  static constexpr std::string_view kAddress = "https://api.anthropic.com";
  static constexpr std::string_view kVersion = "2026-10-21";

  // `url`: base address, "" = kAddress.
  Anthropic(std::string url, Secret key);
  [[nodiscard]] ProviderKind kind() const override { return ProviderKind::anthropic; }
  [[nodiscard]] WireCall call(const Question& question, std::string_view model) const override;
  // Only "end_turn" is an answer; blocks are picked by their type, since thought may come first. An unknown
  // reason to stop, or block, is none.
  [[nodiscard]] ModelReply judge(const WireReply& reply, Time now) const override;
  // GET /v1/models/{id}: whether the model is there, and whether it is to be retired.
  [[nodiscard]] WireCall probe(std::string_view model) const override;
  [[nodiscard]] std::vector<std::string> complaints_of_probe(const WireReply& reply,
                                                             std::string_view model) const override;

 private:
  [[nodiscard]] WireCall base(std::string method, std::string path) const;
  std::string url_;
  Secret key_;
};

}  // namespace runneriq::advisor
