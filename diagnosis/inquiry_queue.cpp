#include "diagnosis/inquiry_queue.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"
#include "gitlab/call_shortage.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kWord = "diagnose";
constexpr Duration kFirstPause = std::chrono::seconds{5};
constexpr int kPauseGrows = 5;  // times, per attempt
constexpr std::size_t kLongestComment = 4'000;
constexpr Duration kPauseOfBudget = std::chrono::seconds{30};
constexpr std::size_t kMostLooks = 1'000;

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
  return InquiryRequest{
      .gitlab = hook.instance,
      .project = hook.project,
      .merge_request = MergeRequestIid{hook.note->merge_request},
      .comments = {{.text = hook.note->body.substr(0, kLongestComment), .author = hook.note->author}}};
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
         (one.pipeline != PipelineId{} || one.merge_request == other.merge_request);
}

bool is_by_comment(const InquiryRequest& request) {
  return request.pipeline == PipelineId{};
}

// The oldest of who wrote most of them.
void drop_comment(std::vector<Asking>& comments) {
  const auto count = [&comments](const Asking& one) {
    return std::ranges::count(comments, one.author, &Asking::author);
  };
  comments.erase(std::ranges::max_element(comments, {}, count));
}

void add_comments(std::vector<Asking>& comments, std::vector<Asking> more) {
  for (Asking& one : more) {
    std::erase(comments, one);
    comments.push_back(std::move(one));
    if (comments.size() > InquiryQueue::kMostComments) drop_comment(comments);
  }
}

bool is_short_of_calls(const Error& why) {
  return why.code == Errc::unavailable && gitlab::is_shortage(why.message);
}

// None: it has been tried often enough.
std::optional<Duration> pause_of(InquiryRequest& request, const Error& why, Time now) {
  if (is_short_of_calls(why)) {
    if (!request.short_since) request.short_since = now;
    if (now - *request.short_since < InquiryQueue::kLongestShort) return kPauseOfBudget;
  }
  if (++request.attempts >= InquiryQueue::kMostAttempts) return std::nullopt;
  Duration pause = kFirstPause;
  for (int attempt = 1; attempt < request.attempts; ++attempt) pause *= kPauseGrows;
  return pause;
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

InquiryRequest* InquiryQueue::same_as(const InquiryRequest& request) {
  const auto same =
      std::ranges::find_if(waiting_, [&request](const InquiryRequest& one) { return is_same(one, request); });
  return same == waiting_.end() ? nullptr : &*same;
}

void InquiryQueue::add(InquiryRequest request) {
  if (InquiryRequest* const same = same_as(request)) {
    std::vector<Asking> comments = std::move(same->comments);
    add_comments(comments, std::move(request.comments));
    *same = std::move(request);
    same->comments = std::move(comments);
    return;
  }
  waiting_.push_back(std::move(request));
  if (waiting_.size() > kMost) drop_one();
}

void InquiryQueue::drop_one() {
  const auto by_comment = std::ranges::find_if(waiting_, is_by_comment);
  waiting_.erase(by_comment == waiting_.end() ? waiting_.begin() : by_comment);
  ++dropped_;
}

bool InquiryQueue::add_again(InquiryRequest request, const Error& why, Time now) {
  const auto pause = pause_of(request, why, now);
  if (!pause) return false;
  request.not_before = now + *pause;
  // One that came meanwhile asks for the same, and sooner.
  if (InquiryRequest* const same = same_as(request)) {
    add_comments(request.comments, std::move(same->comments));
    same->comments = std::move(request.comments);
  } else {
    add(std::move(request));
  }
  return true;
}

Time InquiryQueue::due_at(const InquiryRequest& request) const {
  if (!is_by_comment(request)) return request.not_before;
  const auto look = std::ranges::find_if(looks_, [&request](const Look& one) { return one.is_of(request); });
  return look == looks_.end() ? request.not_before : std::max(request.not_before, look->at + kBetweenLooks);
}

// Of a clock that was set back, too.
void InquiryQueue::forget_looks(Time now) {
  std::erase_if(looks_, [now](const Look& look) { return look.at + kBetweenLooks <= now || look.at > now; });
}

std::optional<InquiryRequest> InquiryQueue::take(Time now) {
  forget_looks(now);
  const auto due_of_kind = [&](bool by_comment) {
    return std::ranges::find_if(waiting_, [&](const InquiryRequest& one) {
      return is_by_comment(one) == by_comment && due_at(one) <= now;
    });
  };
  auto due = due_of_kind(false);
  if (due == waiting_.end()) due = due_of_kind(true);
  if (due == waiting_.end()) return std::nullopt;
  InquiryRequest request = std::move(*due);
  waiting_.erase(due);
  if (is_by_comment(request)) {
    if (looks_.size() == kMostLooks) looks_.pop_front();
    looks_.push_back({request.gitlab, request.project, request.merge_request, now});
  }
  return request;
}

void InquiryQueue::was_no_look(const InquiryRequest& request) {
  if (!is_by_comment(request)) return;
  std::erase_if(looks_, [&request](const Look& one) { return one.is_of(request); });
}

std::optional<Time> InquiryQueue::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return due_at(*std::ranges::min_element(waiting_, {},
                                          [this](const InquiryRequest& request) { return due_at(request); }));
}

}  // namespace runneriq::diagnosis
