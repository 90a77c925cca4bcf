// Dispatch: a request from the bytes that were read, through connection, dispatcher and handler, to the frame
// that is to be written.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/describe/class.hpp>

#include "benchmark/micro/measure.h"
#include "benchmark/micro/memory_server.h"
#include "benchmark/micro/ping.pb.h"
#include "nano/component/component.h"
#include "nano/serialize/json.h"

namespace nano::benchmark {
namespace {

using micro::Ping;

struct Move {
  std::string player;
  int x = 0;
  int y = 0;
};
BOOST_DESCRIBE_STRUCT(Move, (), (player, x, y))

/// Answers each request with what came, one handler for each kind of payload and of handler.
class Echo final : public Component {
 public:
  static void routes(Routes<Echo>& on) {
    on.add<&Echo::raw>("Raw").add<&Echo::json>("Json").add<&Echo::protobuf>("Protobuf");
    on.add<&Echo::coroutine>("Coroutine").add<&Echo::later>("Later");
  }
  std::string raw(std::string_view in) { return std::string{in}; }
  Move json(const Move& in) { return in; }
  Ping protobuf(const Ping& in) { return in; }
  Task<std::string> coroutine(std::string in) { co_return in; }
  Task<std::string> later(std::string in) {
    co_await scheduler().yield();
    co_return in;
  }
};

/// Sends `requests` requests at a time, as one read would bring them, and lets the scheduler run where the
/// handler waits for it.
void measure_requests(State& state, std::string_view route, const std::string& payload, bool with_turn) {
  const auto requests = static_cast<std::size_t>(state.range(0));
  MemoryServer server;
  server.app().add<Echo>();
  server.start();
  MemoryClient client{server.app()};
  client.open();
  protocol::Bytes bytes;
  for (std::size_t i = 0; i < requests; ++i) {
    const protocol::Bytes request = request_packet(1000 + i, route, payload);
    bytes.insert(bytes.end(), request.begin(), request.end());
  }
  const std::uint64_t sent_before = client.wire().sent();
  for (auto _ : state) {
    client.receive(bytes);
    if (with_turn) server.app().scheduler().run_ready();
  }
  count_work(state, requests, bytes.size());
  expect(
      state,
      client.wire().sent() == sent_before + iterations(state) * requests && client.last_payload() == payload,
      "not all requests were answered as they should be");
}

void dispatch_raw(State& state) { measure_requests(state, "Echo.Raw", std::string(64, 'x'), false); }
BENCHMARK(dispatch_raw)->ArgName("requests")->Arg(1)->Arg(8);

void dispatch_json(State& state) {
  measure_requests(state, "Echo.Json", to_json(Move{"player one", 480, 270}), false);
}
BENCHMARK(dispatch_json)->ArgName("requests")->Arg(1)->Arg(8);

void dispatch_protobuf(State& state) {
  Ping ping;
  ping.set_content("ping");
  ping.set_sequence(123456);
  measure_requests(state, "Echo.Protobuf", ping.SerializeAsString(), false);
}
BENCHMARK(dispatch_protobuf)->ArgName("requests")->Arg(1)->Arg(8);

/// A coroutine that never waits.
void dispatch_coroutine(State& state) {
  measure_requests(state, "Echo.Coroutine", std::string(64, 'x'), false);
}
BENCHMARK(dispatch_coroutine)->ArgName("requests")->Arg(1)->Arg(8);

/// A coroutine that waits for the next turn once, and that turn.
void dispatch_waiting_coroutine(State& state) {
  measure_requests(state, "Echo.Later", std::string(64, 'x'), true);
}
BENCHMARK(dispatch_waiting_coroutine)->ArgName("requests")->Arg(1)->Arg(8);

/// What a request for a route that nobody has costs: clients can send such ones as fast as others.
void dispatch_unknown_route(State& state) {
  MemoryServer server;
  server.app().add<Echo>();
  server.start();
  MemoryClient client{server.app()};
  client.open();
  const protocol::Bytes request = request_packet(1000, "Echo.Nothing", std::string(64, 'x'));
  const std::uint64_t sent_before = client.wire().sent();
  for (auto _ : state) client.receive(request);
  count_work(state, 1, request.size());
  expect(state, client.wire().sent() == sent_before + iterations(state), "not all requests were answered");
}
BENCHMARK(dispatch_unknown_route);

}  // namespace
}  // namespace nano::benchmark
