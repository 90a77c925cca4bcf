#include <memory>
#include <vector>

#include "benchmark/load/answers.h"
#include "benchmark/load/client.h"
#include "benchmark/load/crowd.h"
#include "benchmark/load/measurement.h"
#include "benchmark/load/scenarios.h"

namespace nano::benchmark {
namespace {

struct Shared {
  const LoadOptions& options;
  Payload payload;
  Measurement measurement;
  bool comes_back = true;
};

/// Connects, asks once, closes, and begins anew.
class Visitor final : public Client {
 public:
  Visitor(Loop& loop, Failures& all_failures, const Address& address, Shared& shared)
      : Client(loop, all_failures, address, shared.options.dialect), shared_(shared) {}

  void visit() {
    came_ = loop().now();
    was_answered_ = false;
    connect();
  }

 protected:
  void opened() override { write_request(shared_.options.route, id, shared_.payload.with(id)); }

  void on_answer(std::uint64_t got, bool ok, protocol::ByteView payload) override {
    check_awaited(got == id && !was_answered_);
    check_answer(shared_.payload, id, ok, payload, failures());
    was_answered_ = true;
  }

  void after_read() override {
    if (!was_answered_) return;
    close();
    shared_.measurement.record(loop().now() - came_);
    if (shared_.comes_back) visit();
  }

 private:
  static constexpr std::uint64_t id = 1;

  Shared& shared_;
  LoadClock::time_point came_;
  bool was_answered_ = false;
};

}  // namespace

Results run_churn(const LoadOptions& options, Failures& failures) {
  allow_sockets(options.connections);
  Loop loop;
  Shared shared{options, Payload{options.payload, options.payload_bytes}, Measurement{options, failures}};
  std::vector<std::unique_ptr<Visitor>> visitors;
  for (std::size_t i = 0; i < options.connections; ++i) {
    visitors.push_back(std::make_unique<Visitor>(loop, failures, options.address_of(i), shared));
  }
  const auto count_there = [&] {
    std::size_t there = 0;
    for (const auto& visitor : visitors) there += visitor->state() != Client::State::closed ? 1 : 0;
    return there;
  };
  for (const auto& visitor : visitors) visitor->visit();
  shared.measurement.run(loop, [&] { return failures.count() > 0 && count_there() == 0; });
  shared.comes_back = false;
  loop.run_until(LoadClock::now() + seconds_of(drain_s_max), [&] { return count_there() == 0; });
  return shared.measurement.results(count_there());
}

}  // namespace nano::benchmark
