#include "cli/diagnose_subject.hpp"

#include "cli/numbers.hpp"
#include "core/printable.hpp"

#include <array>
#include <optional>

namespace runneriq::cli {
namespace {

using Kind = DiagnoseSubject::Kind;

struct Form {
  std::string_view prefix;
  Kind kind;
};

Result<DiagnoseSubject> with_id(Kind kind, std::string_view digits, std::string address = {}) {
  const auto id = parse_id("diagnose", digits);
  if (!id) return fail(id.error());
  return DiagnoseSubject{.kind = kind, .id = *id, .address = std::move(address)};
}

// "https://gitlab.example/acme/shop/-/jobs/123?x#L5"
Result<DiagnoseSubject> of_page(std::string_view page) {
  constexpr std::array kPages{Form{"/-/jobs/", Kind::job}, Form{"/-/pipelines/", Kind::pipeline},
                              Form{"/-/merge_requests/", Kind::merge_request}};
  const std::string_view path = page.substr(0, page.find_first_of("?#"));
  for (const Form& form : kPages) {
    const std::size_t at = path.find(form.prefix);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = path.substr(at + form.prefix.size());
    return with_id(form.kind, rest.substr(0, rest.find('/')), std::string(path.substr(0, at)));
  }
  return fail(Errc::invalid_argument,
              quoted_text(page) + " is no page of a job, a pipeline or a merge request");
}

}  // namespace

Result<DiagnoseSubject> parse_subject(std::string_view text) {
  constexpr std::array kForms{Form{"job/", Kind::job}, Form{"pipeline/", Kind::pipeline},
                              Form{"#", Kind::pipeline}, Form{"mr/", Kind::merge_request},
                              Form{"!", Kind::merge_request}};
  if (text.starts_with("https://") || text.starts_with("http://")) return of_page(text);
  for (const Form& form : kForms) {
    if (text.starts_with(form.prefix)) return with_id(form.kind, text.substr(form.prefix.size()));
  }
  return with_id(Kind::job, text);
}

}  // namespace runneriq::cli
