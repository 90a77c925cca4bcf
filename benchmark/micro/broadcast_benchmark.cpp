// Groups: one message to all members, up to the wires; members that come and go.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/micro/measure.h"
#include "benchmark/micro/memory_server.h"
#include "nano/session/group.h"

namespace nano::benchmark {
namespace {

/// A server with `count` open sessions, all in one group.
class FullRoom {
 public:
  explicit FullRoom(std::size_t count) {
    server_.app().on_session_opened([this](Session& session) { group_.add(session); }).detach();
    server_.start();
    for (std::size_t i = 0; i < count; ++i) {
      clients_.push_back(std::make_unique<MemoryClient>(server_.app()));
      clients_.back()->open();
    }
  }

  Group& group() { return group_; }
  /// All clients got `payload` last, and `pushes` since they opened (which tells them one heartbeat).
  bool all_received(const std::string& payload, std::uint64_t pushes) const {
    constexpr std::uint64_t sent_at_opening = 2;
    for (const auto& client : clients_) {
      if (client->wire().sent() != sent_at_opening + pushes || client->last_payload() != payload) {
        return false;
      }
    }
    return true;
  }

 private:
  MemoryServer server_;
  Group group_;
  std::vector<std::unique_ptr<MemoryClient>> clients_;
};

void broadcast(State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  FullRoom room{members};
  const std::string payload(64, 'x');
  for (auto _ : state) room.group().broadcast("onSay", payload);
  count_work(state, members, members * payload.size());
  expect(state, room.group().count() == members && room.all_received(payload, iterations(state)),
         "not all members received all pushes");
}
BENCHMARK(broadcast)->ArgName("members")->Arg(10)->Arg(1000)->Arg(10'000);

/// Half of the members, chosen for each message.
void multicast(State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  FullRoom room{members};
  const std::string payload(64, 'x');
  std::size_t chosen = 0;
  for (auto _ : state) {
    chosen = 0;
    room.group().multicast("onSay", payload, [&chosen](Session& session) {
      const bool wanted = session.id() % 2 == 0;
      chosen += wanted ? 1 : 0;
      return wanted;
    });
  }
  count_work(state, members / 2, members / 2 * payload.size());
  expect(state, chosen == members / 2, "not half of the members were chosen");
}
BENCHMARK(multicast)->ArgName("members")->Arg(10)->Arg(1000);

/// The same message to each session alone: what broadcast() saves.
void push_to_each(State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  FullRoom room{members};
  const std::string payload(64, 'x');
  for (auto _ : state) {
    for (Session* session : room.group().members()) session->push("onSay", payload);
  }
  count_work(state, members, members * payload.size());
  expect(state, room.all_received(payload, iterations(state)), "not all members received all pushes");
}
BENCHMARK(push_to_each)->ArgName("members")->Arg(10)->Arg(1000);

/// All leave, those who came first before the others, and all come again: the time for each must not grow
/// with the number of members.
void leave_and_join(State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  FullRoom room{members};
  const std::vector<Session*> sessions = room.group().members();
  for (auto _ : state) {
    for (Session* session : sessions) room.group().leave(*session);
    for (Session* session : sessions) room.group().add(*session);
  }
  count_work(state, members);
  expect(state, room.group().count() == members, "not all members came again");
}
BENCHMARK(leave_and_join)->ArgName("members")->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace nano::benchmark
