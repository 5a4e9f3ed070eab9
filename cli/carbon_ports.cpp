#include "cli/carbon_ports.hpp"

#include "cli/reading.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runneriq::cli {

Result<CarbonPorts> carbon_ports(Session& session) {
  if (!session.open_carbon) return fail(Errc::unavailable, "this program was built without carbon");
  return session.open_carbon();
}

Exit tell_carbon(Session& session, const Error& error) {
  return tell(session, error, SourceRequest::Kind::snapshot);
}

std::vector<carbon::PlacedRunner> runners_of(Session& session, const CarbonPorts& ports) {
  if (!ports.runners) return {};
  auto runners = ports.runners();
  if (runners) return *std::move(runners);
  session.out.talk("runneriq: the zones are shown without their runners: " +
                   on_one_line(runners.error().message));
  return {};
}

Result<std::vector<carbon::LedgerRow>> rows_of(const CarbonPorts& ports, const carbon::LedgerQuery& query) {
  std::vector<carbon::LedgerRow> rows;
  if (ports.ledger == nullptr) return rows;
  auto done = ports.ledger->read(query, [&](const carbon::LedgerRow& row) {
    rows.push_back(row);
    return true;
  });
  if (!done) return fail(std::move(done.error()));
  return rows;
}

std::string no_ledger_text() {
  return wrapped(
      "",
      "There is no ledger yet: `runneriq run` begins it with the first job that it sees end. Give the "
      "runners a zone first (RUNNER_ZONE_<runner> or carbon.zones).");
}

}  // namespace runneriq::cli
