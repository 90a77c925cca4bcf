#include <set>

#include "examples/tadpole/pond_test_fixture.h"
#include "nano/testing/memory_wire.h"
#include "protocol/packet.h"

namespace tadpole {
namespace {

using nano::protocol::PacketType;

/// A visitor whose packets can be looked at as buffers.
class Watcher {
 public:
  explicit Watcher(nano::testing::World& world)
      : world_(world), wire_(std::make_shared<nano::testing::MemoryWire>("192.0.2.1:1234", 1 << 20)) {
    receiver_ = world.app().connect(wire_);
    send(PacketType::handshake, "{}");
    send(PacketType::handshake_ack, "");
    nano::protocol::Message enter{.type = nano::protocol::MessageType::request, .id = 1};
    enter.route = "Pond.Enter";
    enter.payload = nano::protocol::as_bytes(std::string_view{R"({"name":""})"});
    send(PacketType::data, nano::protocol::as_text(nano::protocol::encode_message(enter)));
  }
  ~Watcher() { receiver_->on_lost("the test is over"); }

  std::vector<nano::Frame> take() {
    std::vector<nano::Frame> frames;
    for (nano::Frame frame; wire_->take(frame);) frames.push_back(frame);
    return frames;
  }

 private:
  void send(PacketType type, std::string_view body) {
    wire_->deliver(nano::protocol::encode_packet(type, nano::protocol::as_bytes(body)), *receiver_);
    world_.settle();
  }

  nano::testing::World& world_;
  std::shared_ptr<nano::testing::MemoryWire> wire_;
  std::shared_ptr<nano::WireReceiver> receiver_;
};

class PondBuffers : public PondFixture, public testing::Test {};

TEST_F(PondBuffers, AreOneForAllPlayersOfACell) {
  Visitor alice = enter("Alice");
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 10; ++i) watchers.push_back(std::make_unique<Watcher>(world_));
  tick(2);
  for (const auto& watcher : watchers) watcher->take();

  steer(alice, 0, 100);
  tick();
  std::set<const std::uint8_t*> buffers;
  for (const auto& watcher : watchers) {
    const std::vector<nano::Frame> frames = watcher->take();
    ASSERT_EQ(frames.size(), 1u) << "the tick's moves";
    buffers.insert(frames[0].packet().data());
  }
  std::set<Grid::Cell> cells;
  for (const auto& [session, player] : pond_.players()) {
    if (player.id != alice.id()) cells.insert(player.cell);
  }
  EXPECT_EQ(buffers.size(), cells.size());
  EXPECT_LE(buffers.size(), 4u);
}

}  // namespace
}  // namespace tadpole
