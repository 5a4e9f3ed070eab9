#include "diagnosis/inquiry_queue.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kWord = "diagnose";
constexpr Duration kFirstPause = std::chrono::seconds{5};
constexpr int kPauseGrows = 5;  // times, per attempt
constexpr std::size_t kLongestComment = 4'000;

bool is_of_name(char each) {
  return is_word(each) || each == '-' || each == '.';
}

// Whether `word` stands in the text with none of its kind of letters before or behind it.
template <class IsOfWord>
bool holds_word(std::string_view text, std::string_view word, IsOfWord is_of_word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_of_word(text[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end == text.size() || !is_of_word(text[end]) ||
                      (text[end] == '.' && (end + 1 == text.size() || !is_of_word(text[end + 1])));
    if (begins && ends) return true;
  }
  return false;
}

bool may_ask(const gitlab::WebhookNote& note) {
  const bool is_new = note.action.empty() || note.action == "create";
  if (note.merge_request <= 0 || !is_new || note.is_system || note.by_bot) return false;
  const std::string body = lower_case(std::string_view{note.body}.substr(0, kLongestComment));
  return body.find('@') != std::string::npos && body.find(kWord) != std::string::npos;
}

std::optional<InquiryRequest> asked_by_comment(const gitlab::Webhook& hook) {
  if (!hook.note || !may_ask(*hook.note)) return std::nullopt;
  return InquiryRequest{.gitlab = hook.instance,
                        .project = hook.project,
                        .merge_request = MergeRequestIid{hook.note->merge_request},
                        .comment = hook.note->body.substr(0, kLongestComment),
                        .author = hook.note->author};
}

std::optional<InquiryRequest> asked_by_pipeline(const gitlab::Webhook& hook) {
  const std::int64_t merge_request = hook.pipeline_facts ? hook.pipeline_facts->merge_request : 0;
  const bool failed = hook.status == gitlab::JobStatus::failed;
  const bool may_resolve = hook.status == gitlab::JobStatus::success;
  if (!failed && !may_resolve) return std::nullopt;
  return InquiryRequest{.gitlab = hook.instance,
                        .project = hook.project,
                        .pipeline = hook.pipeline,
                        .merge_request = MergeRequestIid{merge_request}};
}

bool is_same(const InquiryRequest& one, const InquiryRequest& other) {
  return one.gitlab == other.gitlab && one.project == other.project && one.pipeline == other.pipeline &&
         (one.pipeline != PipelineId{} || one.merge_request == other.merge_request) &&
         one.comment == other.comment && one.author == other.author;
}

}  // namespace

std::optional<InquiryRequest> request_of(const gitlab::Webhook& hook) {
  if (hook.project == ProjectId{}) return std::nullopt;
  if (hook.kind == gitlab::WebhookKind::note) return asked_by_comment(hook);
  if (hook.kind == gitlab::WebhookKind::pipeline && hook.pipeline != PipelineId{})
    return asked_by_pipeline(hook);
  return std::nullopt;
}

bool asks(std::string_view comment, std::string_view bot) {
  const std::string text = lower_case(comment.substr(0, kLongestComment));
  return !bot.empty() && holds_word(text, "@" + lower_case(bot), is_of_name) &&
         holds_word(text, kWord, is_word);
}

void InquiryQueue::add(InquiryRequest request) {
  const auto same =
      std::ranges::find_if(waiting_, [&request](const InquiryRequest& one) { return is_same(one, request); });
  if (same != waiting_.end()) {
    *same = std::move(request);
    return;
  }
  if (waiting_.size() == kMost) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(std::move(request));
}

bool InquiryQueue::add_again(InquiryRequest request, Time now) {
  if (++request.attempts >= kMostAttempts) return false;
  Duration pause = kFirstPause;
  for (int attempt = 1; attempt < request.attempts; ++attempt) pause *= kPauseGrows;
  request.not_before = now + pause;
  // One that came meanwhile asks for the same, and sooner.
  const bool is_asked_anew =
      std::ranges::any_of(waiting_, [&request](const InquiryRequest& one) { return is_same(one, request); });
  if (!is_asked_anew) add(std::move(request));
  return true;
}

std::optional<InquiryRequest> InquiryQueue::take(Time now) {
  const auto due = std::ranges::find_if(
      waiting_, [now](const InquiryRequest& request) { return request.not_before <= now; });
  if (due == waiting_.end()) return std::nullopt;
  InquiryRequest request = std::move(*due);
  waiting_.erase(due);
  return request;
}

std::optional<Time> InquiryQueue::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return std::ranges::min(waiting_, {}, &InquiryRequest::not_before).not_before;
}

}  // namespace runneriq::diagnosis
