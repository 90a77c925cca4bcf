#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "protocol/packet.h"
#include "protocol/testdata/packet_reader.h"
#include "protocol/testdata/wire_vectors.h"

namespace nano::protocol {
namespace {

using testdata::FeedBy;
using testdata::PacketVector;
using testdata::receive;
using testdata::Received;
using testdata::StreamVector;

struct NamedStream {
  std::string name;
  Bytes bytes;
};

class PacketVectors : public testing::TestWithParam<FeedBy> {
 protected:
  Received read(ByteView stream, const std::vector<std::size_t>& cuts = {}) const {
    return receive(stream, cuts, GetParam(), vectors_.packet_body_bytes_max);
  }

  // Every stream of bytes that the file has for the packet layer, good and bad.
  std::vector<NamedStream> all_streams() const {
    std::vector<NamedStream> streams;
    for (const auto& vector : vectors_.packets) streams.push_back({vector.name, vector.hex});
    for (const auto* section : {&vectors_.streams, &vectors_.incomplete}) {
      for (const StreamVector& vector : *section) streams.push_back({vector.name, joined(vector)});
    }
    for (const auto& vector : vectors_.invalid) {
      if (vector.layer == "packet") streams.push_back({vector.name, vector.hex});
    }
    return streams;
  }

  static Bytes joined(const StreamVector& vector) {
    Bytes bytes;
    for (const Bytes& chunk : vector.chunks) bytes.insert(bytes.end(), chunk.begin(), chunk.end());
    return bytes;
  }

  static Received expected(const std::vector<PacketVector>& packets) {
    Received received;
    for (const PacketVector& packet : packets) {
      received.packets.push_back(testdata::packet_text({static_cast<PacketType>(packet.type), packet.body}));
    }
    return received;
  }

  const testdata::WireVectors vectors_ = testdata::load_wire_vectors();
};

TEST(EncodePacket, GivesTheBytesOfEveryVector) {
  for (const PacketVector& vector : testdata::load_wire_vectors().packets) {
    EXPECT_EQ(encode_packet(static_cast<PacketType>(vector.type), vector.body), vector.hex) << vector.name;
  }
}

INSTANTIATE_TEST_SUITE_P(FeedBy, PacketVectors, testing::Values(FeedBy::packet, FeedBy::run),
                         testing::PrintToStringParamName());

TEST_P(PacketVectors, DecodeAsStated) {
  for (const PacketVector& vector : vectors_.packets) {
    EXPECT_EQ(read(vector.hex), expected({vector})) << vector.name;
  }
}

TEST_P(PacketVectors, StreamsDeliverTheirPacketsByTheLastChunk) {
  for (const StreamVector& vector : vectors_.streams) {
    PacketDecoder decoder(vectors_.packet_body_bytes_max);
    Received received;
    for (const Bytes& chunk : vector.chunks) {
      received.error = testdata::feed_chunk(decoder, GetParam(), chunk, received.packets);
    }
    EXPECT_EQ(received, expected(vector.packets)) << vector.name;
    EXPECT_EQ(decoder.buffered_bytes(), 0u) << vector.name;
  }
}

TEST_P(PacketVectors, IncompleteOnesWaitForMore) {
  for (const StreamVector& vector : vectors_.incomplete) {
    EXPECT_EQ(read(joined(vector)), expected(vector.packets)) << vector.name;
  }
}

TEST_P(PacketVectors, InvalidOnesAreRefused) {
  int count = 0;
  for (const auto& vector : vectors_.invalid) {
    if (vector.layer == "packet") {
      EXPECT_NE(read(vector.hex).error, PacketError::none) << vector.name;
      ++count;
    }
  }
  EXPECT_GT(count, 0);
}

TEST_P(PacketVectors, ASplitIntoTwoChunksChangesNothing) {
  for (const NamedStream& stream : all_streams()) {
    const Received whole = read(stream.bytes);
    // Of a 64 KiB body every place would take minutes under a sanitizer: the ends, and some between.
    constexpr std::size_t end_bytes = 2100;
    for (std::size_t cut = 0; cut <= stream.bytes.size(); ++cut) {
      const bool is_near_an_end = cut < end_bytes || stream.bytes.size() - cut < end_bytes;
      if (is_near_an_end || cut % 197 == 0) {
        ASSERT_EQ(read(stream.bytes, {cut}), whole) << stream.name << " cut at " << cut;
      }
    }
  }
}

TEST_P(PacketVectors, ArrivalByteByByteChangesNothing) {
  for (const NamedStream& stream : all_streams()) {
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut < stream.bytes.size(); ++cut) cuts.push_back(cut);
    ASSERT_EQ(read(stream.bytes, cuts), read(stream.bytes)) << stream.name;
  }
}

TEST_P(PacketVectors, RandomSplitsChangeNothing) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    for (const NamedStream& stream : all_streams()) {
      std::vector<std::size_t> cuts(random() % 9);
      for (std::size_t& cut : cuts) cut = random() % (stream.bytes.size() + 1);
      std::sort(cuts.begin(), cuts.end());
      ASSERT_EQ(read(stream.bytes, cuts), read(stream.bytes)) << stream.name << ", seed " << seed;
    }
  }
}

TEST_P(PacketVectors, AllGoodPacketsInOneStreamSurviveRandomSplits) {
  Bytes stream;
  for (const PacketVector& vector : vectors_.packets) {
    stream.insert(stream.end(), vector.hex.begin(), vector.hex.end());
  }
  const Received all = expected(vectors_.packets);
  ASSERT_EQ(read(stream), all);
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 0; (cut += 1 + random() % 3000) < stream.size();) cuts.push_back(cut);
    ASSERT_EQ(read(stream, cuts), all) << "seed " << seed;
  }
}

}  // namespace
}  // namespace nano::protocol
