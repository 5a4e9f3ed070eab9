#include "gitlab/simulator/faults.hpp"

#include "core/glob.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t kSomeBytes = 20;
constexpr std::string_view kElsewhere = "http://elsewhere.invalid/";

std::string words_of(int status) {
  switch (status) {
    case 400:
      return "400 Bad request";
    case 401:
      return "401 Unauthorized";
    case 403:
      return "403 Forbidden";
    case 404:
      return "404 Not Found";
    case 409:
      return "409 Conflict";
    case 429:
      return "Retry later";
    case 500:
      return "500 Internal Server Error";
    case 502:
      return "502 Bad Gateway";
    case 503:
      return "503 Service Unavailable";
    default:
      return std::to_string(status);
  }
}

// 429 comes from Rack::Attack as plain text, 5xx mostly from a proxy as HTML.
std::string usual_body(int status) {
  if (status == 429) return "text";
  return status >= 500 ? "html" : "json";
}

ServedReply with_status(const Fault& fault) {
  const std::string words = words_of(fault.status);
  const std::string form = fault.body.empty() ? usual_body(fault.status) : fault.body;
  ServedReply reply = form == "json" ? refusal(fault.status, words) : text_reply(fault.status, words + "\n");
  if (form == "html") {
    reply.headers = {{"Content-Type", "text/html"}};
    reply.body = "<!DOCTYPE html>\n<html><head><title>" + words + "</title></head><body><h1>" + words +
                 "</h1></body></html>\n";
  }
  if (fault.retry_after) reply.headers.push_back({"Retry-After", std::to_string(*fault.retry_after)});
  return reply;
}

void set_header(ServedReply& reply, std::string_view name, std::string value) {
  std::erase_if(reply.headers, [&](const platform::HttpHeader& header) { return header.name == name; });
  reply.headers.push_back({std::string(name), std::move(value)});
}

void misdirect(ServedReply& reply, const Fault& fault, const Call& call) {
  std::string next = call.base + call.request->target;
  if (fault.link == "elsewhere") next = std::string(kElsewhere) + "api/v4/page";
  if (fault.link == "beyond")
    next += (next.find('?') == std::string::npos ? "?" : "&") + std::string("page=999999");
  set_header(reply, "Link", "<" + next + ">; rel=\"next\"");
}

void empty(ServedReply& reply) {
  reply.body = "[]";
  std::erase_if(reply.headers, [](const platform::HttpHeader& header) { return header.name == "Link"; });
}

}  // namespace

std::int64_t Faults::add(Fault fault) {
  fault.id = ++last_id_;
  faults_.push_back(std::move(fault));
  return last_id_;
}

// splitmix64: the same faults for the same seed on every machine.
double Faults::draw() {
  std::uint64_t z = (chance_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) * 0x1.0p-53;
}

std::vector<Fault> Faults::strike(std::string_view method_and_path) {
  std::vector<Fault> struck;
  for (Fault& fault : faults_) {
    if (!glob_matches(fault.route, method_and_path)) continue;
    if (fault.probability < 1 && draw() >= fault.probability) continue;
    if (fault.times) --*fault.times;
    struck.push_back(fault);
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.times && *fault.times <= 0; });
  return struck;
}

std::optional<ServedReply> instead(const Fault& fault) {
  if (fault.kind == Fault::Kind::status || fault.kind == Fault::Kind::late) return with_status(fault);
  if (fault.kind != Fault::Kind::redirect) return std::nullopt;
  ServedReply reply = text_reply(302, "");
  reply.headers.push_back({"Location", fault.location.empty() ? std::string(kElsewhere) : fault.location});
  return reply;
}

void spoil(Answered& answer, const Fault& fault, const Call& call) {
  ServedReply& reply = answer.reply;
  switch (fault.kind) {
    case Fault::Kind::latency:
      answer.delay += fault.late;
      break;
    case Fault::Kind::reset:
      reply.delivery.reset_after = fault.bytes.value_or(kSomeBytes);
      break;
    case Fault::Kind::reply_lost:
      reply.delivery.reset_after = 0;
      break;
    case Fault::Kind::slow:
      reply.delivery.bytes_per_second = fault.bytes.value_or(kSomeBytes);
      break;
    case Fault::Kind::wrong_link:
      misdirect(reply, fault, call);
      break;
    case Fault::Kind::garbage:
      reply.body = "[{\"id\": 1, \"status\": \"pend\x01";
      break;
    case Fault::Kind::empty_page:
      empty(reply);
      break;
    case Fault::Kind::status:
    case Fault::Kind::late:
    case Fault::Kind::redirect:
      break;
  }
}

}  // namespace runneriq::gitlab::simulator
