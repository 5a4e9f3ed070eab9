// Reads a list page by page; there is a list only when its last page has arrived.
#pragma once

#include "gitlab/rest/page_trail.hpp"
#include "gitlab/rest/sender.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace runneriq::gitlab {

template <class T>
struct Listed {
  int status = 0;  // of the last page
  Result<std::vector<T>> items;
};

template <class T>
struct ListQuestion {
  std::string path;  // of the first page
  std::function<Result<std::vector<T>>(std::string_view json)> parse;
  std::function<void(Listed<T>)> done;  // called once
  int most_pages = 200;
  // Whether no further page is needed behind these items; none = all pages are.
  std::function<bool(const std::vector<T>& so_far)> enough = {};
  // Whether GitLab names a next page behind the last one, too. Else one that is empty is a broken one.
  bool may_end_empty = false;
};

// What an item is known by, so that none is listed twice when rows shift between pages.
template <class T>
auto identity_of(const T& item) {
  if constexpr (requires { item.id; }) {
    return item.id;
  } else if constexpr (requires { item.iid; }) {
    return item.iid;
  } else if constexpr (requires { item.user; }) {
    return std::pair(item.user, item.access_level);
  } else {
    return item;
  }
}

template <class T>
class Listing : public std::enable_shared_from_this<Listing<T>> {
 public:
  Listing(Sender& sender, ListQuestion<T> question)
      : sender_(sender),
        question_(std::move(question)),
        trail_(sender.base(), question_.path, question_.most_pages) {}

  void begin() { ask(Question::get(question_.path)); }

 private:
  void ask(Question question) {
    sender_.ask(std::move(question),
                [self = this->shared_from_this()](Answer answer) { self->take(std::move(answer)); });
  }

  void take(Answer answer) {
    if (!answer.body) return end(answer.status, fail(std::move(answer.body.error())));
    Result<std::vector<T>> page = question_.parse(*answer.body);
    if (!page) return end(answer.status, fail(std::move(page.error()).within(title())));
    const bool empty = page->empty();
    const bool full = page->size() == kFullPage;
    if (empty && !items_.empty() && !question_.may_end_empty && !counted_)
      return end(answer.status, fail(Errc::corrupt, title() + ": an empty page where more was promised"));
    if (!add(std::move(*page))) {
      if (counted_) return end(answer.status, std::move(items_));
      return end(answer.status, fail(Errc::corrupt, title() + ": the same page again"));
    }
    if (question_.enough && question_.enough(items_)) return end(answer.status, std::move(items_));
    counted_ = full && trail_.is_numbered() && answer.link.empty() && !answer.next_page;
    Result<std::optional<std::string>> next =
        counted_ ? trail_.next_by_count() : trail_.next(answer.link, answer.next_page.value_or(""));
    if (!next) return end(answer.status, fail(std::move(next.error()).within(title())));
    if (!*next) return end(answer.status, std::move(items_));
    if (empty) return end(answer.status, fail(Errc::corrupt, title() + ": an empty page before the last"));
    ask(Question::get(std::move(**next)).charged(CallBudget::Charge::credit));
  }

  // Whether the page brought anything new, or nothing at all.
  bool add(std::vector<T> page) {
    const std::size_t before = items_.size();
    const bool empty = page.empty();
    for (T& item : page) {
      if (known_.insert(identity_of(item)).second) items_.push_back(std::move(item));
    }
    return empty || items_.size() > before;
  }

  // As all lists are asked for: GitLab gives no more at once.
  static constexpr std::size_t kFullPage = 100;

  void end(int status, Result<std::vector<T>> items) { question_.done({status, std::move(items)}); }
  [[nodiscard]] std::string title() const { return Question::get(question_.path).title(); }

  Sender& sender_;
  ListQuestion<T> question_;
  PageTrail trail_;
  bool counted_ = false;  // the page under way: it may be one too many
  std::vector<T> items_;
  std::set<decltype(identity_of(std::declval<T>()))> known_;
};

// `sender` must outlive the reading.
template <class T>
void read_pages(Sender& sender, ListQuestion<T> question) {
  std::make_shared<Listing<T>>(sender, std::move(question))->begin();
}

// Reads what is one object.
template <class T>
void read_one(Sender& sender, Question question, Result<T> (*parse)(std::string_view),
              std::function<void(int status, Result<T>)> done) {
  const std::string title = question.title();
  sender.ask(std::move(question), [title, parse, done = std::move(done)](Answer answer) {
    if (!answer.body) return done(answer.status, fail(std::move(answer.body.error())));
    Result<T> value = parse(*answer.body);
    if (!value) value = fail(std::move(value.error()).within(title));
    done(answer.status, std::move(value));
  });
}

}  // namespace runneriq::gitlab
