// A stream of bytes gives the same packets and the same error however it is cut; what was decoded encodes to
// the bytes it came from. The first byte seeds the cuts, the second chooses the limit, the rest is fed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <vector>

#include "protocol/packet.h"
#include "protocol/testdata/packet_reader.h"

namespace {

using namespace nano::protocol;

void check_round_trip(ByteView stream, std::uint32_t body_bytes_max) {
  PacketDecoder decoder(body_bytes_max);
  Bytes encoded;
  const PacketError error = decoder.feed(stream, [&](const Packet& packet) {
    const Bytes bytes = encode_packet(packet.type, packet.body);
    encoded.insert(encoded.end(), bytes.begin(), bytes.end());
  });
  NANO_ASSERT(encoded.size() <= stream.size(), "packets became longer");
  NANO_ASSERT(std::equal(encoded.begin(), encoded.end(), stream.begin()), "encoded packets are others");
  const std::size_t rest_bytes = stream.size() - encoded.size();
  NANO_ASSERT(decoder.buffered_bytes() == (error == PacketError::none ? rest_bytes : 0),
              "the decoder keeps other bytes than what it has not delivered");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::minstd_rand random(data[0] + 1u);
  const std::uint32_t limits[] = {0, 3, 64, packet_body_bytes_default, packet_body_bytes_max_wire};
  const std::uint32_t body_bytes_max = limits[data[1] % std::size(limits)];
  const ByteView stream(data + 2, size - 2);

  check_round_trip(stream, body_bytes_max);
  std::vector<std::size_t> cuts(random() % 8);
  for (std::size_t& cut : cuts) cut = random() % (stream.size() + 1);
  std::sort(cuts.begin(), cuts.end());
  const auto whole = testdata::receive(stream, {}, testdata::FeedBy::packet, body_bytes_max);
  NANO_ASSERT(testdata::receive(stream, cuts, testdata::FeedBy::packet, body_bytes_max) == whole,
              "cuts change what is received");
  NANO_ASSERT(testdata::receive(stream, cuts, testdata::FeedBy::run, body_bytes_max) == whole,
              "cuts change the runs that are received");
  return 0;
}
