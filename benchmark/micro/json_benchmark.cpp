// JSON: described structs to text and back, as handlers meet them.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/describe/class.hpp>

#include "benchmark/micro/measure.h"
#include "nano/serialize/json.h"
#include "nano/serialize/serializer.h"
#include "protocol/bytes.h"

namespace nano::benchmark {
namespace {

struct Move {
  std::string player;
  int x = 0;
  int y = 0;
};
BOOST_DESCRIBE_STRUCT(Move, (), (player, x, y))

struct Position {
  double x = 0;
  double y = 0;
};
BOOST_DESCRIBE_STRUCT(Position, (), (x, y))

struct Player {
  std::int64_t id = 0;
  std::string name;
  Position position;
  std::optional<std::string> guild;
  std::vector<std::string> items;
  bool ready = false;
};
BOOST_DESCRIBE_STRUCT(Player, (), (id, name, position, guild, items, ready))

struct Room {
  std::string name;
  std::vector<Player> players;
};
BOOST_DESCRIBE_STRUCT(Room, (), (name, players))

Move small() { return {"player one", 480, 270}; }

/// The state of a room with a hundred players, about 14 KiB of JSON.
Room large() {
  Room room{"the great hall", {}};
  for (int i = 0; i < 100; ++i) {
    Player player{i, "player " + std::to_string(i), {i * 1.25, i * -0.5}, {}, {}, i % 2 == 0};
    if (i % 3 == 0) player.guild = "guild of the north";
    for (int item = 0; item < 4; ++item) player.items.push_back("item " + std::to_string(item));
    room.players.push_back(std::move(player));
  }
  return room;
}

bool same(const Move& a, const Move& b) { return a.player == b.player && a.x == b.x && a.y == b.y; }

/// Without the positions: reading numbers with a fraction is not exact (json.h).
bool same(const Player& a, const Player& b) {
  return a.id == b.id && a.name == b.name && a.guild == b.guild && a.items == b.items && a.ready == b.ready;
}

bool same(const Room& a, const Room& b) {
  return a.name == b.name && std::equal(a.players.begin(), a.players.end(), b.players.begin(),
                                        b.players.end(), [](auto& x, auto& y) { return same(x, y); });
}

template <class T>
void read(State& state, const T& value) {
  const std::string text = to_json(value);
  const PayloadCodec codec;
  for (auto _ : state) {
    Result<T> decoded = codec.decode<T>(protocol::as_bytes(text));
    DoNotOptimize(decoded);
  }
  const Result<T> decoded = codec.decode<T>(protocol::as_bytes(text));
  count_work(state, 1, text.size());
  expect(state, decoded.ok() && same(*decoded, value), "what was read is not what was written");
}

/// Into a buffer that keeps its memory, as a session writes its payloads.
template <class T>
void write(State& state, const T& value) {
  const PayloadCodec codec;
  std::string out;
  for (auto _ : state) {
    out.clear();
    const Result<void> encoded = codec.encode(value, out);
    DoNotOptimize(encoded.ok());
    DoNotOptimize(out.data());
  }
  count_work(state, 1, out.size());
  expect(state, out == to_json(value), "what was written is not what it should be");
}

void read_small_json(State& state) { read(state, small()); }
void write_small_json(State& state) { write(state, small()); }
void read_large_json(State& state) { read(state, large()); }
void write_large_json(State& state) { write(state, large()); }
BENCHMARK(read_small_json);
BENCHMARK(write_small_json);
BENCHMARK(read_large_json);
BENCHMARK(write_large_json);

}  // namespace
}  // namespace nano::benchmark
