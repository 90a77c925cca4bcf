#include "protocol/packet.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "protocol/testdata/packet_reader.h"

namespace nano::protocol {
namespace {

const Bytes heartbeat = encode_packet(PacketType::heartbeat, {});

Bytes operator+(const Bytes& left, const Bytes& right) {
  Bytes both = left;
  both.insert(both.end(), right.begin(), right.end());
  return both;
}

Bytes data_packet(std::string_view body) { return encode_packet(PacketType::data, as_bytes(body)); }

std::vector<std::string> fed(PacketDecoder& decoder, const Bytes& input,
                             PacketError expected = PacketError::none) {
  std::vector<std::string> packets;
  EXPECT_EQ(testdata::feed_chunk(decoder, testdata::FeedBy::packet, input, packets), expected);
  return packets;
}

std::vector<Bytes> fed_runs(PacketDecoder& decoder, const Bytes& input) {
  std::vector<Bytes> runs;
  const auto collect = [&runs](ByteView run) { runs.emplace_back(run.begin(), run.end()); };
  EXPECT_EQ(decoder.feed_runs(input, collect), PacketError::none);
  return runs;
}

TEST(PacketDecoder, DoesNotCopyAPacketThatLiesWholeInTheInput) {
  const Bytes input = heartbeat + data_packet("hello");
  std::vector<const std::uint8_t*> bodies;
  PacketDecoder decoder;
  decoder.feed(input, [&](const Packet& packet) { bodies.push_back(packet.body.data()); });
  EXPECT_EQ(bodies, (std::vector{input.data() + 4, input.data() + 8}));
}

TEST(PacketDecoder, HoldsNoMemoryBetweenPackets) {
  const Bytes packet = data_packet("hello");
  PacketDecoder decoder;
  EXPECT_EQ(decoder.allocated_bytes(), 0u);
  fed(decoder, Bytes(packet.begin(), packet.end() - 1));
  EXPECT_EQ(decoder.buffered_bytes(), 8u);
  EXPECT_GE(decoder.allocated_bytes(), 8u);
  EXPECT_EQ(fed(decoder, {'o'}), std::vector<std::string>{"\x04hello"});
  EXPECT_EQ(decoder.buffered_bytes(), 0u);
  EXPECT_EQ(decoder.allocated_bytes(), 0u);
}

TEST(PacketDecoder, DoesNotAllocateWhatAHeaderMerelyClaims) {
  PacketDecoder decoder(packet_body_bytes_max_wire);
  fed(decoder, {4, 0xff, 0xff, 0xff});
  EXPECT_LE(decoder.allocated_bytes(), 64u);
  for (int n = 0; n < 100; ++n) {
    fed(decoder, Bytes(100, 'x'));
    EXPECT_LE(decoder.allocated_bytes(), 2 * decoder.buffered_bytes());
  }
  EXPECT_EQ(decoder.buffered_bytes(), 4u + 100 * 100);
}

TEST(PacketDecoder, AcceptsTheLongestBodyOfTheWire) {
  PacketDecoder decoder(packet_body_bytes_max_wire);
  const Bytes packet = encode_packet(PacketType::data, Bytes(packet_body_bytes_max_wire, 'x'));
  fed(decoder, Bytes(packet.begin(), packet.begin() + 1000));
  const auto packets = fed(decoder, Bytes(packet.begin() + 1000, packet.end()));
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].size(), 1u + packet_body_bytes_max_wire);
}

TEST(PacketDecoder, AcceptsABodyAtItsLimitAndRefusesOneByteMore) {
  PacketDecoder at_limit(5);
  EXPECT_EQ(fed(at_limit, data_packet("12345")).size(), 1u);
  PacketDecoder beyond(5);
  fed(beyond, {4, 0, 0, 6}, PacketError::body_too_large);
}

TEST(PacketDecoder, RefusesAnUnknownTypeAtItsFirstByte) {
  PacketDecoder decoder;
  fed(decoder, {6}, PacketError::unknown_type);
}

TEST(PacketDecoder, RefusesALengthOnceTheHeaderIsWholeAlsoInPieces) {
  PacketDecoder decoder(100);
  fed(decoder, {4, 0, 0});
  fed(decoder, {101}, PacketError::body_too_large);
  EXPECT_EQ(decoder.allocated_bytes(), 0u);
}

TEST(PacketDecoder, DeliversThePacketsBeforeABadOneAndThenStaysInError) {
  PacketDecoder decoder;
  const auto packets = fed(decoder, heartbeat + data_packet("a") + Bytes{9}, PacketError::unknown_type);
  EXPECT_EQ(packets, (std::vector<std::string>{"\x03",
                                               "\x04"
                                               "a"}));
  EXPECT_TRUE(fed(decoder, heartbeat, PacketError::unknown_type).empty());
}

TEST(PacketDecoder, DropsEverythingAfterTheReceiverSaysStop) {
  PacketDecoder decoder;
  int delivered = 0;
  const auto stop_at_second = [&](const Packet&) { return ++delivered < 2; };
  EXPECT_EQ(decoder.feed(heartbeat + heartbeat + heartbeat + Bytes{9}, stop_at_second), PacketError::none);
  EXPECT_EQ(delivered, 2);
  EXPECT_EQ(decoder.feed(heartbeat, stop_at_second), PacketError::none);
  EXPECT_EQ(delivered, 2);
  EXPECT_EQ(decoder.buffered_bytes(), 0u);
}

TEST(PacketDecoder, DropsEverythingAfterTheReceiverStoppedAtAHeldPacket) {
  PacketDecoder decoder;
  fed(decoder, {3, 0});
  int delivered = 0;
  decoder.feed(Bytes{0, 0} + heartbeat, [&](const Packet&) { return ++delivered > 100; });
  EXPECT_EQ(delivered, 1);
}

TEST(PacketDecoder, DropsEverythingAfterTheReceiverHasThrown) {
  PacketDecoder decoder;
  const auto refuse = [](const Packet&) { throw std::runtime_error("refused"); };
  EXPECT_THROW(decoder.feed(heartbeat + heartbeat, refuse), std::runtime_error);
  EXPECT_TRUE(fed(decoder, heartbeat).empty());
}

TEST(PacketDecoder, DeliversWholePacketsAsOneRunInPlace) {
  const Bytes input = heartbeat + data_packet("abc") + heartbeat + Bytes{4, 0};
  PacketDecoder decoder;
  std::vector<ByteView> runs;
  decoder.feed_runs(input, [&](ByteView run) { runs.push_back(run); });
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].data(), input.data());
  EXPECT_EQ(runs[0].size(), 15u);
  EXPECT_EQ(decoder.buffered_bytes(), 2u);
}

TEST(PacketDecoder, DeliversAHeldPacketAsARunOfItsOwn) {
  PacketDecoder decoder;
  EXPECT_TRUE(fed_runs(decoder, {4, 0, 0, 2, 'a'}).empty());
  EXPECT_EQ(fed_runs(decoder, Bytes{'b'} + heartbeat + heartbeat),
            (std::vector<Bytes>{{4, 0, 0, 2, 'a', 'b'}, heartbeat + heartbeat}));
}

TEST(PacketDecoder, MakesNoRunOfNothing) {
  PacketDecoder decoder;
  EXPECT_TRUE(fed_runs(decoder, {}).empty());
  EXPECT_TRUE(fed_runs(decoder, {3}).empty());
  EXPECT_TRUE(fed_runs(decoder, {}).empty());
  EXPECT_EQ(fed_runs(decoder, {0, 0, 0}), std::vector<Bytes>{heartbeat});
}

TEST(PacketDecoder, LetsAReceiverOfRunsStop) {
  PacketDecoder decoder;
  fed(decoder, {3});
  int runs = 0;
  decoder.feed_runs(Bytes{0, 0, 0} + heartbeat, [&](ByteView) { return ++runs > 100; });
  EXPECT_EQ(runs, 1);
}

TEST(ForEachPacket, EndsTheWalkWhenTheReceiverSaysStop) {
  int delivered = 0;
  EXPECT_FALSE(for_each_packet(heartbeat + heartbeat, [&](const Packet&) { return ++delivered > 100; }));
  EXPECT_EQ(delivered, 1);
  EXPECT_TRUE(for_each_packet(heartbeat + heartbeat, [&](const Packet&) { ++delivered; }));
  EXPECT_EQ(delivered, 3);
}

TEST(ForEachPacketDeathTest, StopsTheProcessWhenARunIsCutShort) {
  const Bytes cut = {4, 0, 0, 2, 'a'};
  EXPECT_DEATH(for_each_packet(cut, [](const Packet&) {}), "assertion failed");
}

TEST(EncodePacketDeathTest, StopsTheProcessWhenABodyIsTooLongForTheWire) {
  std::uint8_t header[packet_header_bytes];
  write_packet_header(header, PacketType::data, packet_body_bytes_max_wire);
  EXPECT_DEATH(write_packet_header(header, PacketType::data, packet_body_bytes_max_wire + 1),
               "assertion failed");
}

TEST(PacketTexts, NameTypesAndErrors) {
  EXPECT_EQ(to_string(PacketType::handshake_ack), "handshake-ack");
  EXPECT_EQ(to_string(static_cast<PacketType>(9)), "unknown");
  EXPECT_EQ(to_string(PacketError::body_too_large), "packet body too large");
}

}  // namespace
}  // namespace nano::protocol
