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
  bool sends = true;  // each answer is followed by the next message
};

/// Latencies are from the time of the read that caused a message to that of the read that brought its answer:
/// one look at the clock for all that a read holds.
class ClosedLoopClient final : public Client {
 public:
  ClosedLoopClient(Loop& loop, Failures& all_failures, const Address& address, Shared& shared)
      : Client(loop, all_failures, address, shared.options.dialect),
        shared_(shared),
        open_(shared.options.in_flight) {}

  void start() {
    // From 1 on: Go Nano takes a request with id 0 for a notify.
    for (std::uint64_t id = 1; id <= open_.size(); ++id) write(id);
    flush();
  }
  std::size_t open_count() const { return open_count_; }

 protected:
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override {
    check_answer(shared_.payload, id, ok, payload, failures());
    settle(id);
  }

  void on_push(std::string_view route, protocol::ByteView payload) override {
    settle(notify_of_push(shared_.payload, shared_.options.push, route, payload));
  }

 private:
  struct OpenMessage {
    std::uint64_t id = 0;
    LoadClock::time_point sent;
  };

  void write(std::uint64_t id) {
    const protocol::ByteView payload = shared_.payload.with(id);
    if (shared_.options.scenario == Scenario::notify) {
      write_notify(shared_.options.route, payload);
    } else {
      write_request(shared_.options.route, id, payload);
    }
    open_[id % open_.size()] = {id, loop().now()};
    open_count_ += 1;
  }

  void settle(std::uint64_t id) {
    OpenMessage& message = open_[id % open_.size()];
    check_awaited(message.id == id && id != 0);
    message.id = 0;
    open_count_ -= 1;
    shared_.measurement.record(loop().now() - message.sent);
    if (shared_.sends) write(id + open_.size());
  }

  Shared& shared_;
  std::vector<OpenMessage> open_;  // the one with id N is at N modulo the size
  std::size_t open_count_ = 0;
};

}  // namespace

Results run_closed_loop(const LoadOptions& options, Failures& failures) {
  allow_sockets(options.connections);
  Loop loop;
  Shared shared{options, Payload{options.payload, options.payload_bytes}, Measurement{options, failures}};
  std::vector<std::unique_ptr<ClosedLoopClient>> clients;
  for (std::size_t i = 0; i < options.connections; ++i) {
    clients.push_back(std::make_unique<ClosedLoopClient>(loop, failures, options.address_of(i), shared));
  }
  connect_all(loop, failures, clients);
  for (const auto& client : clients) client->start();

  shared.measurement.run(loop, [&] { return failures.count() > 0 && count_open(clients) == 0; });

  shared.sends = false;
  const auto count_on_way = [&](bool of_all) {
    std::uint64_t sum = 0;
    for (const auto& client : clients) {
      if (of_all || client->state() == Client::State::open) sum += client->open_count();
    }
    return sum;
  };
  loop.run_until(LoadClock::now() + seconds_of(drain_s_max), [&] { return count_on_way(false) == 0; });
  return shared.measurement.results(count_on_way(true));
}

}  // namespace nano::benchmark
