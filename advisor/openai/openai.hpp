// Chat completions as OpenAI has them, and servers of local models after it (vLLM, llama.cpp, Ollama): POST
// {base}/chat/completions. Whether a server holds to the schema is not known: answers are checked anyway. No
// I/O.
#pragma once

#include "advisor/wire.hpp"

#include <string>

namespace runneriq::advisor {

class OpenAi final : public Wire {
 public:
  // `url`: base address, up to and with "/v1". `key` may be empty.
  OpenAi(std::string url, Secret key);
  [[nodiscard]] ProviderKind kind() const override { return ProviderKind::openai; }
  [[nodiscard]] WireCall call(const Question& question, std::string_view model) const override;
  [[nodiscard]] ModelReply judge(const WireReply& reply, Time now) const override;
  // GET {base}/models: whether the model is among them.
  [[nodiscard]] WireCall probe(std::string_view model) const override;
  [[nodiscard]] std::vector<std::string> complaints_of_probe(const WireReply& reply,
                                                             std::string_view model) const override;

  // The first that the server lists, of the reply to a probe; "" = none.
  static std::string first_model(const WireReply& reply);

 private:
  [[nodiscard]] WireCall base(std::string method, std::string path) const;
  std::string url_;
  Secret key_;
};

}  // namespace runneriq::advisor
