#include "alerting/sqlite/alert_columns.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

template <class Document>
std::string one_line(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

}  // namespace

std::string column_of_document(const nlohmann::json& document) {
  return one_line(document);
}

std::string column_of_document(const nlohmann::ordered_json& document) {
  return one_line(document);
}

}  // namespace runneriq::alerting
